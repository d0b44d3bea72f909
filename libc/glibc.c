/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glibc: the second names that glibc gives malloc and its kin.
 *
 * By these programs put something of their own around some of malloc's doors:
 * a block that one of them gave may be handed to any door, and to none of the
 * C library's. Part of the shared library only: an archive of glibc's that
 * gave them would give malloc a second time.
 */
#include "libc/doors.h"

#include <stddef.h>

#define SITE() ((uintptr_t)__builtin_return_address(0))

exported void *__libc_malloc(size_t size)
{
	return heap_alloc(size, 0, SITE());
}

exported void __libc_free(void *p)
{
	heap_free(p);
}

exported void *__libc_calloc(size_t nr, size_t size)
{
	return token_calloc(nr, size, 0, SITE());
}

exported void *__libc_realloc(void *p, size_t size)
{
	return heap_realloc(p, size, 0, SITE());
}

exported void *__libc_memalign(size_t align, size_t size)
{
	return token_memalign(align, size, 0, SITE());
}

exported void *__libc_valloc(size_t size)
{
	return token_valloc(size, 0, SITE());
}

exported void *__libc_pvalloc(size_t size)
{
	return token_pvalloc(size, 0, SITE());
}
