/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply: slots for a bin, from slabs in use down to fresh ground.
 *
 * Owns:       nothing.
 * Promises:   slots come from the bin's cache, and where that has none from a
 *             slab on fresh ground of the bin's partition; they are constructed
 *             where the cache has a constructor.
 * Relies on:  cache/ and region/; may wait, and make system calls.
 */
#ifndef HEAP_SUPPLY_H
#define HEAP_SUPPLY_H

#include "heap/thread.h"

/* Up to @max slots, STOCK or NEW; returns how many, 0: no memory. */
int supply_take(struct heap *heap, uint32_t bin, struct slot *out, int max);

/* A fresh slab for the bin's cache, not yet part of it; NULL: no memory. */
struct slab *supply_make_slab(struct heap *heap, uint32_t bin);

#endif /* HEAP_SUPPLY_H */
