/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nowait: allocation and free for who may not wait, at any instant.
 *
 * Owns:       frees that found their cache locked and bins that had nothing
 *             left, until somebody who may wait settles both.
 * Promises:   no function but nowait_settle() waits for a lock, makes a system
 *             call (but to wake a thread that waits for the lock just given
 *             back), or touches a thread's magazines: so they may be called in
 *             a signal handler that interrupted any other function of the
 *             library. They may fail; what failed for want of a slab is
 *             remembered, and works after the next nowait_settle().
 * Relies on:  lock_try(), and on ground and states committed before.
 * Invariant:  nr_waiting is at least the number of frees and bins that wait.
 */
#ifndef HEAP_NOWAIT_H
#define HEAP_NOWAIT_H

#include "heap/thread.h"

/* So many frees may wait; more are lost to their caches. */
#define NOWAIT_FREES_MAX 1024u
/* So many bins are remembered; one may drive out another. */
#define NOWAIT_WANTED_MAX 64u

/* A slot of the bin's cache, LIVE; NULL: none to be had without waiting. */
void *nowait_alloc(uint32_t bin);

/* Frees a slot whose state the caller changed from LIVE to STOCK. */
void nowait_free(const struct slab *slab, char *p, uint8_t *state);

/* Whether something waits, cheaply; and gives home and fills what does. */
bool nowait_is_unsettled(void);
void nowait_settle(struct heap *heap);

#endif /* HEAP_NOWAIT_H */
