/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doors: the C library's functions with a token and a call site.
 *
 * Owns:       nothing.
 * Promises:   the argument checks of each function, once for plain malloc and
 *             for both token ABIs. Contracts are those of C23, POSIX.1-2024
 *             and, where these are silent, of glibc: size 0 gives a unique
 *             pointer, realloc(p, 0) frees and gives NULL. Alignment is 16 and
 *             more. Safe in any thread, not in a signal handler that
 *             interrupted one of them.
 */
#ifndef LIBC_DOORS_H
#define LIBC_DOORS_H

#include "base/align.h"
#include "heap/heap.h"
#include "heap/other.h"
#include "os/os.h"

#include <errno.h>

static inline void *token_no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

static inline void *token_bad_argument(void)
{
	errno = EINVAL;
	return NULL;
}

/* @site is looked at where it is wanted: it is an instruction else. */
#define token_malloc(size, token, site)                      \
	__extension__({                                      \
		struct bin *bin_;                            \
		heap_has_ready(size, token, &bin_)           \
			? heap_take_from(bin_)               \
			: heap_alloc_odd(size, token, site); \
	})

static inline void *token_calloc(size_t nr, size_t size, uint64_t token,
				 uintptr_t site)
{
	size_t bytes;

	if (unlikely(!size_mul(nr, size, &bytes)))
		return token_no_memory();
	return heap_alloc_zeroed(bytes, token, site);
}

static inline void *token_reallocarray(void *p, size_t nr, size_t size,
				       uint64_t token, uintptr_t site)
{
	size_t bytes;

	if (unlikely(!size_mul(nr, size, &bytes)))
		return token_no_memory();
	return heap_realloc(p, bytes, token, site);
}

/* BSD's: frees @p where it cannot grow. */
static inline void *token_reallocf(void *p, size_t size, uint64_t token,
				   uintptr_t site)
{
	void *moved = heap_realloc(p, size, token, site);

	if (moved || !size || errno != ENOMEM)
		return moved;
	if (other_serves(token))
		other.free(p);
	else
		heap_free(p);
	return NULL;
}

static inline void *token_aligned_alloc(size_t align, size_t size,
					uint64_t token, uintptr_t site)
{
	if (unlikely(!is_power_of_two(align)))
		return token_bad_argument();
	return heap_alloc_aligned(size, align, token, site);
}

/* glibc's: an alignment that is no power of two is rounded up to one. */
static inline void *token_memalign(size_t align, size_t size, uint64_t token,
				   uintptr_t site)
{
	if (align > SIZE_MAX / 2 + 1)
		return token_bad_argument();
	while (!is_power_of_two(align))
		align = align ? align + (align & -align) : 1;
	return heap_alloc_aligned(size, align, token, site);
}

static inline int token_posix_memalign(void **out, size_t align, size_t size,
				       uint64_t token, uintptr_t site)
{
	int saved = errno;
	void *p;

	if (!is_power_of_two(align) || align % sizeof(void *))
		return EINVAL;
	p = heap_alloc_aligned(size, align, token, site);
	errno = saved;
	if (!p)
		return ENOMEM;
	*out = p;
	return 0;
}

static inline void *token_valloc(size_t size, uint64_t token, uintptr_t site)
{
	/* What a page is taken to be is known after the boot. */
	heap_boot();
	return heap_alloc_aligned(size, os_page_size(), token, site);
}

static inline void *token_pvalloc(size_t size, uint64_t token, uintptr_t site)
{
	size_t page, bytes;

	heap_boot();
	page = os_page_size();
	if (unlikely(!size_round_up(size, page, &bytes)))
		return token_no_memory();
	return heap_alloc_aligned(bytes, page, token, site);
}

#endif /* LIBC_DOORS_H */
