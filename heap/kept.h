/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept: ground of freed large objects that keeps its guard.
 *
 * Owns:       each partition's list of such spans, the newest first.
 * Promises:   an object of the very span gets one without a system call; else
 *             they wait until they are too many or their memory is wanted.
 * Relies on:  the partition's lock being held; whoever takes a span off the
 *             list without using it lowering its guard.
 * Invariant:  a span on the list is SLAB_LARGE_KEPT, has a guard, is at most
 *             KEPT_SPAN_MAX and joins no neighbour; its dirty chunks are idle.
 */
#ifndef HEAP_KEPT_H
#define HEAP_KEPT_H

#include "heap/layout.h"

/* So many are looked through. Beyond the size two system calls cost little. */
#define KEPT_MAX      4u
#define KEPT_SPAN_MAX (1ul << 20)

/* Whether a live object's span may be kept when it is freed. */
bool kept_wants(const struct slab *slab);

/* The object is no more; what it wrote to is in @condition. */
void kept_put(struct partition *partition, struct slab *slab,
	      enum condition condition);

/*
 * One of @span bytes, guard included, at a multiple of @align; or NULL. Where
 * freed slots wait, not the one that was freed last.
 */
struct slab *kept_take(struct partition *partition, size_t span, size_t align);

/* The oldest if there are more than KEPT_MAX, or one @purge wants; or NULL. */
struct slab *kept_take_surplus(struct partition *partition);
struct slab *kept_take_idle(struct partition *partition,
			    const struct purge *purge);

/* Dies unless the invariant holds. */
void kept_check(const struct partition *partition);

#endif /* HEAP_KEPT_H */
