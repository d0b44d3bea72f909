/* SPDX-License-Identifier: Apache-2.0 */
/*
 * depot: slots that came home while their cache was locked.
 *
 * Owns:       parcels of slots: those that are empty; the others are their
 *             depot's, which is the caller's.
 * Promises:   neither call waits: who holds the cache's lock may have lost the
 *             processor, and all who want it would lose it one after another.
 *             No slot is lost or had twice.
 * Relies on:  depot_init(); the slots being STOCK and the caller's alone.
 */
#ifndef CACHE_DEPOT_H
#define CACHE_DEPOT_H

#include "region/pile.h"
#include "slab/slab.h"

/* In one parcel, at most. */
#define DEPOT_SLOTS 63u

struct depot {
	struct pile parcels;
};

/* What the parcels lie in. */
extern internal struct arena *depot_arena;

/* Once; here, as whoever needs no depot needs nothing else of its file. */
static inline void depot_init(struct arena *arena)
{
	depot_arena = arena;
}

static inline bool depot_is_empty(const struct depot *depot)
{
	return pile_is_empty(&depot->parcels);
}

/* How many of the slots, from the first on: fewer where memory is short. */
unsigned int depot_put(struct depot *depot, const struct slot *slots,
		       unsigned int nr);

/* Up to @max, from one parcel; 0: there is none. */
unsigned int depot_take(struct depot *depot, struct slot *out,
			unsigned int max);

#endif /* CACHE_DEPOT_H */
