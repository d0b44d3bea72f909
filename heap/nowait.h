/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nowait: allocation and free for who may not wait, at any instant.
 *
 * Owns:       frees that found their cache locked, bins that had nothing left
 *             and rows whose ground was used up, until somebody who may wait
 *             settles all three.
 * Promises:   no function but the last three waits for a lock, makes a system
 *             call (but to wake a thread that waits for the lock just given
 *             back), or touches a thread's magazines: so they may be called in
 *             a signal handler that interrupted any other function of the
 *             library. Allocations may fail; what failed for want of a slab
 *             is remembered, and works after the next nowait_settle(), as does
 *             then any class up to 16 KiB in any row.
 * Relies on:  lock_try(), and on ground and states committed before.
 * Invariant:  nowait_nr_waiting is at least the number of what waits.
 */
#ifndef HEAP_NOWAIT_H
#define HEAP_NOWAIT_H

#include "heap/thread.h"

/* So many bins are remembered; one may drive out another. */
#define NOWAIT_WANTED_MAX 64u

/*
 * A slot of the bin's cache, LIVE; NULL: none to be had without waiting. A lock
 * that is taken is looked at @tries times: 1 or more; in a handler, whose own
 * thread may hold it, more are in vain.
 */
void *nowait_alloc(uint32_t bin, unsigned int tries);

/*
 * Frees an object whose state the caller changed from LIVE to STOCK. Where its
 * cache is locked, or it is large, it waits: in 511 places, and as many more as
 * the arena's committed memory has room for; with neither it is lost.
 */
void nowait_free(const struct slab *slab, char *p, uint8_t *state);

/*
 * What nowait_alloc() draws by from here on, where slots are drawn. In a child
 * it goes on as in its parent until a thread that may wait comes by.
 */
void nowait_seed(uint64_t seed);

/* Frees, bins and ground that wait for somebody who may. */
extern internal unsigned int nowait_nr_waiting;

/* Whether something waits; and gives home and fills what does. */
static always_inline bool nowait_is_unsettled(void)
{
	return __atomic_load_n(&nowait_nr_waiting, __ATOMIC_RELAXED);
}

void nowait_settle(struct heap *heap);

/* The first call gives every row ground for slabs: see supply_prepare(). */
void nowait_prepare(struct heap *heap);
/* One more slab for the bin's cache, if there is memory for it. */
void nowait_fill(struct heap *heap, uint32_t bin);

#endif /* HEAP_NOWAIT_H */
