/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large: objects with a span of their own.
 *
 * Owns:       the live objects of each partition.
 * Promises:   a span is given again only inside its partition; it begins at a
 *             chunk, so that its record answers for it; free neighbours grow
 *             together; no system call but commit is made under the lock.
 * Relies on:  ranges.h for the ground that is free, kept.h for what keeps its
 *             guard.
 * Invariant:  every chunk of large ground is in one live span, in one free or
 *             kept one, or not handed out yet.
 */
#ifndef HEAP_LARGE_H
#define HEAP_LARGE_H

#include "heap/thread.h"

/*
 * @size bytes at a multiple of @align, a power of two, of the partition of
 * @bin, which has no magazines; NULL: no memory.
 * *@is_zero tells whether the span is known to read as zero.
 */
void *large_alloc(struct heap *heap, uint32_t bin, size_t size, size_t align,
		  bool *is_zero);

/*
 * @slab's one slot was claimed by the caller; @heap may be NULL. False: not
 * freed, since the thread, or another one without a heap, holds the lock.
 */
bool large_free(struct heap *heap, struct slab *slab);

/*
 * Makes an object that the caller claimed @size bytes where it lies; false: it
 * cannot.
 */
bool large_resize(struct heap *heap, struct slab *slab, size_t size);

/* Bytes a large object asked for with @size has: at least a page. */
size_t large_usable(size_t size);

/*
 * Gives memory of the partition's dirty ground back to the system; with
 * @purge->refund and no limits, of all its free ground.
 */
void large_purge(struct heap *heap, struct partition *partition,
		 struct purge *purge);

/* Dies unless the invariant holds. */
void large_check(struct heap *heap, struct partition *partition);

#endif /* HEAP_LARGE_H */
