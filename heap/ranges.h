/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges: the free ranges of a partition's large ground.
 *
 * Owns:       a list of ranges for each condition and size in each partition.
 * Promises:   what was added is taken once; free neighbours grow together.
 * Relies on:  the partition's lock being held; the chunk records as boundary
 *             tags: the first and the last record of a free range say where it
 *             ends and begins.
 * Invariant:  a range is on the list that its condition and size say; free
 *             neighbours do not exist, unless one alone is refunded.
 */
#ifndef HEAP_RANGES_H
#define HEAP_RANGES_H

#include "heap/layout.h"

/*
 * Adds free ground, grown together with its neighbours. Dirty and clean ground
 * is dirty together, and knows how much of it is: @nr_dirty chunks.
 */
void ranges_add(struct partition *partition, char *start, size_t span,
		enum condition condition, uint32_t nr_dirty);

/*
 * Ground at a multiple of @align, a grain at least; NULL: none. Warm ground
 * first, and ground that costs a system call last. *@is_zero tells whether it
 * reads as zero.
 */
char *ranges_take(struct partition *partition, size_t span, size_t align,
		  bool *is_zero);

/* The ground from @start on; false: it is not free, or not so long. */
bool ranges_take_at(struct partition *partition, char *start, size_t span);

/*
 * One range that can be given back, off its list: out of all reach. The largest
 * first: ranges_take() comes to it last. NULL: there is none.
 */
struct slab *ranges_take_idle(struct partition *partition, struct purge *purge);

/* Dies unless the invariant holds. */
void ranges_check(const struct partition *partition);

#endif /* HEAP_RANGES_H */
