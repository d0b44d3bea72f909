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

typedef void (*new_handler_t)(void);

/* std::get_new_handler() and std::__throw_bad_alloc() */
extern new_handler_t _ZSt15get_new_handlerv(void) __attribute__((__weak__));
extern void _ZSt17__throw_bad_allocv(void) __attribute__((__weak__));

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
		new_handler_t handler = NULL;

		if (_ZSt15get_new_handlerv)
			handler = _ZSt15get_new_handlerv();
		if (!handler) {
			if (_ZSt17__throw_bad_allocv)
				_ZSt17__throw_bad_allocv();
			abort();
		}
		handler();
		p = try_again(size, align, token, site);
	}
	return p;
}

/*
 * A handler may throw, and a nothrow form must catch it. C cannot; the C++
 * runtime's own nothrow operator can, and it asks the throwing one of ours.
 */
void *cxx_new_nothrow_slow(size_t size, size_t align, uint64_t token,
			   uintptr_t site)
{
	typedef void *(*new_nothrow_t)(size_t, const void *);
	static const char name[] = "_ZnwmRKSt9nothrow_t";
	new_nothrow_t next = NULL;

	if (!_ZSt15get_new_handlerv || !_ZSt15get_new_handlerv())
		return NULL;
	next = (new_nothrow_t)dlsym(RTLD_NEXT, name);
	if (next && !align)
		return next(size, NULL);
	return cxx_new_slow(size, align, token, site);
}

/* The operators new without a token: their call site goes for it. */
/* clang-format off */
#define DEFINE(n, symbol, type, parameters, arguments, expression) \
	exported type symbol(TOKEN_UNWRAP parameters) \
	{ \
		const uint64_t token = 0; \
		uintptr_t site = (uintptr_t)__builtin_return_address(0); \
		return expression; \
	}
/* clang-format on */

TOKEN_ABI_NEW(DEFINE, , _Znwm)
TOKEN_ABI_NEW(DEFINE, , _Znam)
TOKEN_ABI_SIZED(DEFINE, )

exported void _ZdlPv(void *p)
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

exported void _ZdlPvm(void *p, size_t size)
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
