/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purge: when idle memory goes back to the system, and how much of it.
 *
 * Owns:       the mark of idle bytes at which it is looked through again.
 * Promises:   after purge_idle() no more is idle than half of what is in use,
 *             or IDLE_MAX and as much again as is in use, twice IDLE_MAX at
 *             most, unless the system refuses to take it. Below that, a part
 *             goes back that was idle long, and no more in a second than costs
 *             little: memory that comes and goes is not fetched anew.
 * Relies on:  no lock being held; the calling thread's heap.
 */
#ifndef HEAP_PURGE_H
#define HEAP_PURGE_H

#include "heap/thread.h"

/* After memory became idle. */
void purge_idle(struct heap *heap);

/*
 * All idle memory of all partitions; @refund: the right to it too. True if
 * there was any.
 */
bool purge_all(struct heap *heap, bool refund);

/* All idle memory of one named cache, unless it keeps its memory. */
void purge_named(struct heap *heap, struct named *named);

#endif /* HEAP_PURGE_H */
