/* SPDX-License-Identifier: Apache-2.0 */
/*
 * abi_list: every function that -fsanitize=alloc-token may call, once.
 *
 * TOKEN_ABI(X, n): X(n, symbol, return type, (parameters), (arguments),
 * expression); the expression may use the parameters, `token` and SITE, which
 * is whatever the list's user defines to be the call site. The plain operators
 * new are stamped from the same list. The symbols are those of clang 22 on
 * 64-bit Linux: 10 of C, 8 operators new, each with and without the hot/cold
 * hint, 4 that return the size.
 */
#ifndef LIBC_ABI_LIST_H
#define LIBC_ABI_LIST_H

/* clang-format off */
#define TOKEN_ABI_C(X, n) \
	X(n, malloc, void *, (size_t size), \
	  (size), \
	  token_malloc(size, token, SITE)) \
	X(n, calloc, void *, (size_t nr, size_t size), \
	  (nr, size), \
	  token_calloc(nr, size, token, SITE)) \
	X(n, realloc, void *, (void *p, size_t size), \
	  (p, size), \
	  heap_realloc(p, size, token, SITE)) \
	X(n, reallocarray, void *, (void *p, size_t nr, size_t size), \
	  (p, nr, size), \
	  token_reallocarray(p, nr, size, token, SITE)) \
	X(n, reallocf, void *, (void *p, size_t size), \
	  (p, size), \
	  token_reallocf(p, size, token, SITE)) \
	X(n, aligned_alloc, void *, (size_t align, size_t size), \
	  (align, size), \
	  token_aligned_alloc(align, size, token, SITE)) \
	X(n, memalign, void *, (size_t align, size_t size), \
	  (align, size), \
	  token_memalign(align, size, token, SITE)) \
	X(n, posix_memalign, int, (void **out, size_t align, size_t size), \
	  (out, align, size), \
	  token_posix_memalign(out, align, size, token, SITE)) \
	X(n, valloc, void *, (size_t size), \
	  (size), \
	  token_valloc(size, token, SITE)) \
	X(n, pvalloc, void *, (size_t size), \
	  (size), \
	  token_pvalloc(size, token, SITE))

/* One of the four shapes of operator new, for _Znwm and _Znam alike. */
#define TOKEN_ABI_NEW(X, n, name) \
	X(n, name, void *, (size_t size), \
	  (size), \
	  cxx_new(size, token, SITE)) \
	X(n, name##RKSt9nothrow_t, void *, \
	  (size_t size, const void *nothrow), \
	  (size, nothrow), \
	  ((void)nothrow, cxx_new_nothrow(size, token, SITE))) \
	X(n, name##St11align_val_t, void *, (size_t size, size_t align), \
	  (size, align), \
	  cxx_new_aligned(size, align, token, SITE)) \
	X(n, name##St11align_val_tRKSt9nothrow_t, void *, \
	  (size_t size, size_t align, const void *nothrow), \
	  (size, align, nothrow), \
	  ((void)nothrow, cxx_new_aligned_nothrow(size, align, token, SITE))) \
	X(n, name##12__hot_cold_t, void *, (size_t size, uint8_t hot), \
	  (size, hot), \
	  ((void)hot, cxx_new(size, token, SITE))) \
	X(n, name##RKSt9nothrow_t12__hot_cold_t, void *, \
	  (size_t size, const void *nothrow, uint8_t hot), \
	  (size, nothrow, hot), \
	  ((void)nothrow, (void)hot, cxx_new_nothrow(size, token, SITE))) \
	X(n, name##St11align_val_t12__hot_cold_t, void *, \
	  (size_t size, size_t align, uint8_t hot), \
	  (size, align, hot), \
	  ((void)hot, cxx_new_aligned(size, align, token, SITE))) \
	X(n, name##St11align_val_tRKSt9nothrow_t12__hot_cold_t, void *, \
	  (size_t size, size_t align, const void *nothrow, uint8_t hot), \
	  (size, align, nothrow, hot), \
	  ((void)nothrow, (void)hot, \
	   cxx_new_aligned_nothrow(size, align, token, SITE)))

#define TOKEN_ABI_SIZED(X, n) \
	X(n, __size_returning_new, struct sized_pointer, (size_t size), \
	  (size), \
	  cxx_sized(cxx_new(size, token, SITE))) \
	X(n, __size_returning_new_hot_cold, struct sized_pointer, \
	  (size_t size, uint8_t hot), \
	  (size, hot), \
	  ((void)hot, cxx_sized(cxx_new(size, token, SITE)))) \
	X(n, __size_returning_new_aligned, struct sized_pointer, \
	  (size_t size, size_t align), \
	  (size, align), \
	  cxx_sized(cxx_new_aligned(size, align, token, SITE))) \
	X(n, __size_returning_new_aligned_hot_cold, struct sized_pointer, \
	  (size_t size, size_t align, uint8_t hot), \
	  (size, align, hot), \
	  ((void)hot, cxx_sized(cxx_new_aligned(size, align, token, SITE))))

#define TOKEN_ABI(X, n) \
	TOKEN_ABI_C(X, n) \
	TOKEN_ABI_NEW(X, n, _Znwm) \
	TOKEN_ABI_NEW(X, n, _Znam) \
	TOKEN_ABI_SIZED(X, n)
/* clang-format on */

#define TOKEN_UNWRAP(...) __VA_ARGS__

#endif /* LIBC_ABI_LIST_H */
