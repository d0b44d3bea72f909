/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forms: the one list of the allocation-token ABI's 30 forms.
 *
 * A row is FORM(T, symbol, callee, shape, seen): the name the compiler puts
 * behind "__alloc_token_", what a source file calls to reach it, the shape of
 * its arguments, and whether clang-22 infers a type there (SEEN) or always
 * passes token 0 (UNSEEN). T is handed through, for lists made per type.
 *
 * sites.inc turns each row into calls that the compiler rewrites; abi.h turns
 * the same rows into direct calls of every symbol. A shape is known to both:
 * as SOURCE_<shape> there and as SHAPE_<shape> here.
 */
#ifndef TOKEN_FORMS_H
#define TOKEN_FORMS_H

#define TOKEN_FORMS_C(FORM, T)                                  \
	FORM(T, malloc, malloc, SIZE, SEEN)                     \
	FORM(T, calloc, calloc, COUNT, SEEN)                    \
	FORM(T, realloc, realloc, OLD, SEEN)                    \
	FORM(T, reallocarray, reallocarray, OLD_COUNT, UNSEEN)  \
	FORM(T, reallocf, reallocf, OLD, UNSEEN)                \
	FORM(T, aligned_alloc, aligned_alloc, ALIGN, SEEN)      \
	FORM(T, memalign, memalign, ALIGN, SEEN)                \
	FORM(T, posix_memalign, posix_memalign, RESULT, UNSEEN) \
	FORM(T, valloc, valloc, SIZE, SEEN)                     \
	FORM(T, pvalloc, pvalloc, SIZE, SEEN)

/* clang-format off */
#define TOKEN_FORMS_CXX(FORM, T)                                               \
	FORM(T, _Znwm, operator new, SIZE, SEEN)                               \
	FORM(T, _Znam, operator new[], SIZE, SEEN)                             \
	FORM(T, _ZnwmRKSt9nothrow_t, operator new, QUIET, SEEN)                \
	FORM(T, _ZnamRKSt9nothrow_t, operator new[], QUIET, SEEN)              \
	FORM(T, _ZnwmSt11align_val_t, operator new, ALIGNED, SEEN)             \
	FORM(T, _ZnamSt11align_val_t, operator new[], ALIGNED, SEEN)           \
	FORM(T, _ZnwmSt11align_val_tRKSt9nothrow_t, operator new,              \
	     ALIGNED_QUIET, SEEN)                                              \
	FORM(T, _ZnamSt11align_val_tRKSt9nothrow_t, operator new[],            \
	     ALIGNED_QUIET, SEEN)                                              \
	FORM(T, _Znwm12__hot_cold_t, operator new, HOT, SEEN)                  \
	FORM(T, _Znam12__hot_cold_t, operator new[], HOT, SEEN)                \
	FORM(T, _ZnwmRKSt9nothrow_t12__hot_cold_t, operator new, QUIET_HOT,    \
	     SEEN)                                                             \
	FORM(T, _ZnamRKSt9nothrow_t12__hot_cold_t, operator new[], QUIET_HOT,  \
	     SEEN)                                                             \
	FORM(T, _ZnwmSt11align_val_t12__hot_cold_t, operator new, ALIGNED_HOT, \
	     SEEN)                                                             \
	FORM(T, _ZnamSt11align_val_t12__hot_cold_t, operator new[],            \
	     ALIGNED_HOT, SEEN)                                                \
	FORM(T,                                                                \
	     _ZnwmSt11align_val_tRKSt9nothrow_t12__hot_cold_t, operator new,   \
	     ALIGNED_QUIET_HOT, SEEN)                                          \
	FORM(T,                                                                \
	     _ZnamSt11align_val_tRKSt9nothrow_t12__hot_cold_t, operator new[], \
	     ALIGNED_QUIET_HOT, SEEN)                                          \
	FORM(T, __size_returning_new, __size_returning_new, SIZED, UNSEEN)     \
	FORM(T, __size_returning_new_aligned, __size_returning_new_aligned,    \
	     SIZED_ALIGNED, UNSEEN)                                            \
	FORM(T, __size_returning_new_hot_cold, __size_returning_new_hot_cold,  \
	     SIZED_HOT, UNSEEN)                                                \
	FORM(T, __size_returning_new_aligned_hot_cold,                         \
	     __size_returning_new_aligned_hot_cold, SIZED_ALIGNED_HOT, UNSEEN)
/* clang-format on */

/* The fast ABI's numbers that are linked: all below 64. */
/* clang-format off */
#define TOKEN_IDS_8(X, a, b)                                                  \
	X(a##0, b) X(a##1, b) X(a##2, b) X(a##3, b)                           \
	X(a##4, b) X(a##5, b) X(a##6, b) X(a##7, b)
#define TOKEN_IDS(X, b)                                                       \
	X(0, b) X(1, b) X(2, b) X(3, b) X(4, b)                               \
	X(5, b) X(6, b) X(7, b) X(8, b) X(9, b)                               \
	TOKEN_IDS_8(X, 1, b) X(18, b) X(19, b)                                \
	TOKEN_IDS_8(X, 2, b) X(28, b) X(29, b)                                \
	TOKEN_IDS_8(X, 3, b) X(38, b) X(39, b)                                \
	TOKEN_IDS_8(X, 4, b) X(48, b) X(49, b)                                \
	TOKEN_IDS_8(X, 5, b) X(58, b) X(59, b)                                \
	X(60, b) X(61, b) X(62, b) X(63, b)
/* clang-format on */

#define TOKEN_NR_FORMS 30
#define TOKEN_NR_IDS   64

#endif /* TOKEN_FORMS_H */
