/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cxx: operators new and delete, as C functions under their mangled names.
 *
 * Contracts are those of C++23 [new.delete]; the hot/cold forms take a hint
 * that is ignored. Built with unwind tables: exceptions of a new-handler pass
 * through these frames.
 */
#define _GNU_SOURCE
#include "libc/cxx.h"

#include "libc/abi_list.h"

#include <dlfcn.h>
#include <stdlib.h>

typedef void new_handler_t(void);
typedef new_handler_t *get_new_handler_t(void);
typedef void throw_bad_alloc_t(void);
typedef void *new_nothrow_t(size_t, const void *);
typedef void *new_aligned_nothrow_t(size_t, size_t, const void *);

/* std::get_new_handler() and std::__throw_bad_alloc() */
extern get_new_handler_t _ZSt15get_new_handlerv __attribute__((__weak__));
extern throw_bad_alloc_t _ZSt17__throw_bad_allocv __attribute__((__weak__));

/*
 * A weak reference is settled when this library is loaded; a C program may
 * load C++ code, and its runtime, later and out of the global scope.
 */
static void *runtime_symbol(const char *name, void *from)
{
	void *symbol = dlsym(from, name);
	void *runtime;

	if (symbol)
		return symbol;
	runtime = dlopen("libstdc++.so.6", RTLD_NOLOAD | RTLD_LAZY);
	if (!runtime)
		return NULL;
	symbol = dlsym(runtime, name);
	dlclose(runtime);
	return symbol;
}

static new_handler_t *new_handler(void)
{
	get_new_handler_t *get = _ZSt15get_new_handlerv;

	if (!get)
		get = runtime_symbol("_ZSt15get_new_handlerv", RTLD_DEFAULT);
	return get ? get() : NULL;
}

static never_returns void throw_bad_alloc(void)
{
	throw_bad_alloc_t *throw = _ZSt17__throw_bad_allocv;

	if (!throw)
		throw = runtime_symbol("_ZSt17__throw_bad_allocv",
				       RTLD_DEFAULT);
	if (throw)
		throw();
	abort();
}

static void *try_again(size_t size, size_t align, uint64_t token,
		       uintptr_t site)
{
	if (align)
		return heap_alloc_aligned(size, align, token, site);
	return heap_alloc(size, token, site);
}

void *cxx_new_slow(size_t size, size_t align, uint64_t token, uintptr_t site)
{
	void *p = NULL;

	while (!p) {
		new_handler_t *handler = new_handler();

		if (!handler)
			throw_bad_alloc();
		handler();
		p = try_again(size, align, token, site);
	}
	return p;
}

void *cxx_new_missed(size_t size, uint64_t token, uintptr_t site)
{
	void *p = heap_alloc_slow(size, token, site);

	return likely(p) ? p : cxx_new_slow(size, 0, token, site);
}

void *cxx_new_odd(size_t size, uint64_t token, uintptr_t site)
{
	void *p = heap_alloc_odd(size, token, site);

	return likely(p) ? p : cxx_new_slow(size, 0, token, site);
}

/*
 * A handler may throw, and a nothrow form must catch it. C cannot; the C++
 * runtime's own nothrow operator can, and it asks the throwing one of ours:
 * without the token, which is lost where memory was short and a handler found
 * some.
 */
void *cxx_new_nothrow_slow(size_t size, size_t align, uint64_t token,
			   uintptr_t site)
{
	new_nothrow_t *next;
	new_aligned_nothrow_t *next_aligned;

	if (!new_handler())
		return NULL;
	next = runtime_symbol("_ZnwmRKSt9nothrow_t", RTLD_NEXT);
	next_aligned =
		runtime_symbol("_ZnwmSt11align_val_tRKSt9nothrow_t", RTLD_NEXT);
	if (align && next_aligned)
		return next_aligned(size, align, NULL);
	if (!align && next)
		return next(size, NULL);
	return cxx_new_slow(size, align, token, site);
}

#define SITE ((uintptr_t)__builtin_return_address(0))

/* The operators new without a token: their call site goes for it. */
/* clang-format off */
#define DEFINE(n, symbol, type, parameters, arguments, expression) \
	exported begins_line type symbol(TOKEN_UNWRAP parameters) \
	{ \
		const uint64_t token = 0; \
		return expression; \
	}
/* clang-format on */

TOKEN_ABI_NEW(DEFINE, , _Znwm)
TOKEN_ABI_NEW(DEFINE, , _Znam)
TOKEN_ABI_SIZED(DEFINE, )

exported begins_line void _ZdlPv(void *p)
{
	heap_free(p);
}

exported void _ZdaPv(void *p)
{
	heap_free(p);
}

exported void _ZdlPvRKSt9nothrow_t(void *p, const void *nothrow)
{
	(void)nothrow;
	heap_free(p);
}

exported void _ZdaPvRKSt9nothrow_t(void *p, const void *nothrow)
{
	(void)nothrow;
	heap_free(p);
}

exported void _ZdlPvSt11align_val_t(void *p, size_t align)
{
	(void)align;
	heap_free(p);
}

exported void _ZdaPvSt11align_val_t(void *p, size_t align)
{
	(void)align;
	heap_free(p);
}

exported void _ZdlPvSt11align_val_tRKSt9nothrow_t(void *p, size_t align,
						  const void *nothrow)
{
	(void)align;
	(void)nothrow;
	heap_free(p);
}

exported void _ZdaPvSt11align_val_tRKSt9nothrow_t(void *p, size_t align,
						  const void *nothrow)
{
	(void)align;
	(void)nothrow;
	heap_free(p);
}

exported begins_line void _ZdlPvm(void *p, size_t size)
{
	heap_free_sized(p, size, 0);
}

exported void _ZdaPvm(void *p, size_t size)
{
	heap_free_sized(p, size, 0);
}

exported void _ZdlPvmSt11align_val_t(void *p, size_t size, size_t align)
{
	heap_free_sized(p, size, align);
}

exported void _ZdaPvmSt11align_val_t(void *p, size_t size, size_t align)
{
	heap_free_sized(p, size, align);
}
