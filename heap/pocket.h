/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pocket: large objects that a thread freed, for itself.
 *
 * Owns:       a few places in each heap. What lies there is STOCK, and its
 *             partition counts it as live still: who reads those counts takes
 *             off what pockets hold.
 * Promises:   who frees and allocates buffers of one size by turns takes no
 *             lock. What is freed finds a place only if its size was asked
 *             for again after such a free before: other sizes are of no use
 *             to the thread, and may be of use to somebody else. The largest
 *             have no place here, nor has any where freed memory is scrubbed
 *             or guards stand.
 * Relies on:  one exchange putting an object into a place and one taking it: a
 *             signal handler may do either at any instant.
 */
#ifndef HEAP_POCKET_H
#define HEAP_POCKET_H

#include "heap/large.h"
#include "heap/thread.h"

#define POCKET_SPAN_MAX (256ul << 10)

/* The same as large_alloc(). */
void *pocket_alloc(struct heap *heap, uint32_t bin, size_t size, size_t align,
		   bool *is_zero);

/* @slab's one slot was claimed by the caller. */
void pocket_free(struct heap *heap, struct slab *slab);

/* Frees what lies in the heap's own. */
void pocket_flush(struct heap *heap);

/* Objects of a partition in all pockets, and their bytes. */
struct pocket_sum {
	size_t nr;
	size_t bytes;
};

struct pocket_sum pocket_sum(const struct partition *partition);

#endif /* HEAP_POCKET_H */
