/* SPDX-License-Identifier: Apache-2.0 */
/* malloc: the C library's allocation functions; contracts in doors.h. */
#include "libc/doors.h"

#include <stddef.h>

/* The address the door returns to: where there is no token, the call site. */
#define SITE() ((uintptr_t)__builtin_return_address(0))

static never_inline void *malloc_slow(size_t size)
{
	return heap_alloc_slow(size, 0, SITE());
}

/* The site is read where it is wanted: to keep it is an instruction more. */
exported begins_line void *malloc(size_t size)
{
	struct bin *bin;

	if (likely(heap_site_has_ready(size, SITE(), &bin)))
		return heap_take_from(bin);
	go_on_in(malloc_slow(size), heap_alloc_slow(size, 0, SITE()));
}

/* The same, under a name that nobody else can have: see first.c. */
extern internal void *own_malloc(size_t size)
	__attribute__((__alias__(SPELLED(malloc))));

exported begins_line void free(void *p)
{
	heap_free(p);
}

exported void *calloc(size_t nr, size_t size)
{
	return token_calloc(nr, size, 0, SITE());
}

exported void *realloc(void *p, size_t size)
{
	return heap_realloc(p, size, 0, SITE());
}

exported void *reallocarray(void *p, size_t nr, size_t size)
{
	return token_reallocarray(p, nr, size, 0, SITE());
}

exported void *reallocf(void *p, size_t size)
{
	return token_reallocf(p, size, 0, SITE());
}

/* C23 7.24.3.4: @size is the one last asked for. */
exported void free_sized(void *p, size_t size)
{
	heap_free_sized(p, size, 0);
}

exported void free_aligned_sized(void *p, size_t align, size_t size)
{
	heap_free_sized(p, size, align);
}

exported void *aligned_alloc(size_t align, size_t size)
{
	return token_aligned_alloc(align, size, 0, SITE());
}

exported void *memalign(size_t align, size_t size)
{
	return token_memalign(align, size, 0, SITE());
}

exported int posix_memalign(void **out, size_t align, size_t size)
{
	return token_posix_memalign(out, align, size, 0, SITE());
}

exported void *valloc(size_t size)
{
	return token_valloc(size, 0, SITE());
}

exported void *pvalloc(size_t size)
{
	return token_pvalloc(size, 0, SITE());
}

exported size_t malloc_usable_size(void *p)
{
	return heap_usable_size(p, ACT_SIZE_QUERY);
}
