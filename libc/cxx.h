/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cxx: what operator new does beyond malloc, in C.
 *
 * Owns:       nothing.
 * Promises:   never NULL where C++ promises none: the program's new-handler is
 *             called until there is memory, it throws, or std::bad_alloc is
 *             thrown; the nothrow forms give NULL instead.
 * Relies on:  the C++ runtime being in the process where C++ code is; it is
 *             found by weak references, so that C programs do not load it.
 */
#ifndef LIBC_CXX_H
#define LIBC_CXX_H

#include "heap/heap.h"
#include "heap/other.h"

/* The continuation of a failed operator new; @align 0: none asked for. */
cold_path void *cxx_new_slow(size_t size, size_t align, uint64_t token,
			     uintptr_t site);
cold_path void *cxx_new_nothrow_slow(size_t size, size_t align, uint64_t token,
				     uintptr_t site);

/* What of operator new is not the fast path. */
void *cxx_new_missed(size_t size, uint64_t token, uintptr_t site);
void *cxx_new_odd(size_t size, uint64_t token, uintptr_t site);

static always_inline void *cxx_new(size_t size, uint64_t token, uintptr_t site)
{
	return heap_alloc_or(size, token, site, cxx_new_missed, cxx_new_odd);
}

static always_inline void *cxx_new_nothrow(size_t size, uint64_t token,
					   uintptr_t site)
{
	void *p = heap_alloc(size, token, site);

	return likely(p) ? p : cxx_new_nothrow_slow(size, 0, token, site);
}

static inline void *cxx_new_aligned(size_t size, size_t align, uint64_t token,
				    uintptr_t site)
{
	void *p = heap_alloc_aligned(size, align, token, site);

	return likely(p) ? p : cxx_new_slow(size, align, token, site);
}

static inline void *cxx_new_aligned_nothrow(size_t size, size_t align,
					    uint64_t token, uintptr_t site)
{
	void *p = heap_alloc_aligned(size, align, token, site);

	return likely(p) ? p : cxx_new_nothrow_slow(size, align, token, site);
}

/* What __size_returning_new() and its kin give. */
struct sized_pointer {
	void *p;
	size_t size;
};

static inline struct sized_pointer cxx_sized(void *p)
{
	struct sized_pointer sized = { .p = p };

	if (unlikely(other.malloc) && !region_holds(p))
		sized.size = other.usable_size(p);
	else
		sized.size = heap_usable_size(p, ACT_SIZE_QUERY);
	return sized;
}

#endif /* LIBC_CXX_H */
