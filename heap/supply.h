/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supply: slots for a bin, from slabs in use down to fresh ground.
 *
 * Owns:       nothing.
 * Promises:   slots come from the bin's cache, and where that has none from a
 *             slab on fresh ground of the bin's partition; they are constructed
 *             where the cache has a constructor, and their memory is preferred
 *             from the cache's node if it has one.
 * Relies on:  cache/ and region/; may wait, and make system calls.
 */
#ifndef HEAP_SUPPLY_H
#define HEAP_SUPPLY_H

#include "heap/thread.h"

/* Up to @max slots, STOCK or NEW; returns how many, 0: no memory. */
int supply_take(struct heap *heap, uint32_t bin, struct slot *out, int max);

/* A fresh slab for the bin's cache, not yet part of it; NULL: no memory. */
struct slab *supply_make_slab(struct heap *heap, uint32_t bin);

/*
 * Commits ground in every row, for who may not wait: SUPPLY_PREPARED bytes
 * each, not touched. Nothing where that would be a good part of all there is:
 * more than SUPPLY_ROWS_MAX rows, or a small reservation.
 */
#define SUPPLY_PREPARED (128ul << 10)
#define SUPPLY_ROWS_MAX 64u
void supply_prepare(struct heap *heap);

#endif /* HEAP_SUPPLY_H */
