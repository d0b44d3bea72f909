/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard: unmapped ground behind large objects and behind some slabs.
 *
 * Owns:       the count of guards in place.
 * Promises:   ground made a guard faults on every access.
 *             Each is up to two mappings more, so there are at most GUARDS_MAX;
 *             who asks beyond that gets none.
 * Relies on:  the caller alone having the ground; the record of a live large
 *             object having no other use for its prev.
 */
#ifndef HEAP_GUARD_H
#define HEAP_GUARD_H

#include "slab/slab.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A quarter of the mappings that Linux allows a process by default. */
#define GUARDS_MAX 8192u

/* Bytes to ask for behind a large object: a grain of the region, or 0. */
size_t guard_behind_large(void);

/* The same behind a slab, for the @random number of one in so many. */
size_t guard_behind_slab(uint64_t random);

/* The last grain before @end, which the caller asked for; false: it stays. */
bool guard_raise(char *end);

/*
 * The same for the last grain of a live large object's span, which remembers
 * it; and the way back. False: no memory, and it is a guard still.
 */
void guard_raise_large(struct slab *slab);
bool guard_lower_large(struct slab *slab);

/* Bytes of the span that nobody can touch. */
static inline size_t guard_of_large(const struct slab *slab)
{
	return slab->prev ? region_grain() : 0;
}

#endif /* HEAP_GUARD_H */
