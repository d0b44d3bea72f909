/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grow: how large a thread's magazine of a cache is.
 *
 * Owns:       the magazines' storage, in the arena, and that which a thread's
 *             outgrew, for its others.
 * Promises:   magazines double and never shrink. Small ones are everybody's; a
 *             large one is for who fetches again what it gave home, as who
 *             allocates and frees many at a time does, or for who only takes;
 *             and a thread's large ones together are bounded: base/config.h.
 * Relies on:  the slow paths asking when the magazine is empty or full.
 */
#ifndef HEAP_GROW_H
#define HEAP_GROW_H

#include "heap/thread.h"

/* A magazine for the bin, or a larger one; false: no memory or at its most. */
bool grow_magazine(struct heap *heap, uint32_t offset);

#endif /* HEAP_GROW_H */
