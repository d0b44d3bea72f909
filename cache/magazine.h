/* SPDX-License-Identifier: Apache-2.0 */
/*
 * magazine: a thread's small stock of free slots of one cache.
 *
 * Owns:       the slots between base and top; all are SLOT_STOCK.
 * Promises:   pop and push are a load, a compare and two stores; a zeroed bin
 *             is both empty and full, so neither needs to ask whether the
 *             magazine exists.
 * Relies on:  one thread alone using a bin.
 * Invariant:  base <= top <= end.
 */
#ifndef CACHE_MAGAZINE_H
#define CACHE_MAGAZINE_H

#include "base/config.h"
#include "slab/slab.h"

#include <string.h>

/* One line holds two; a row of bins is indexed by size class. */
struct bin {
	struct slot *top;
	struct slot *base;
	struct slot *end;
	uint64_t nr_allocs; /* ever, by the threads that had this bin */
};

#define BIN_SHIFT 5
_Static_assert(sizeof(struct bin) == 1u << BIN_SHIFT, "bin offsets are shifts");

static always_inline bool magazine_is_empty(const struct bin *bin)
{
	return bin->top == bin->base;
}

static always_inline bool magazine_is_full(const struct bin *bin)
{
	return bin->top == bin->end;
}

/* The newest slot: most likely still in the processor's cache. */
static always_inline struct slot magazine_pop(struct bin *bin)
{
	struct slot slot = bin->top[-1];

	forget_reads();
	bin->top--;
	return slot;
}

static always_inline void magazine_push(struct bin *bin, char *address,
					uint8_t *state)
{
	struct slot *top = bin->top;

	top->address = address;
	top->state = state;
	forget_reads();
	bin->top++;
}

static inline unsigned int magazine_size(const struct bin *bin)
{
	return (unsigned int)(bin->end - bin->base);
}

static inline unsigned int magazine_count(const struct bin *bin)
{
	return (unsigned int)(bin->top - bin->base);
}

/* So many slots are fetched at once: half of what it has, or one for nobody. */
static inline unsigned int magazine_batch(const struct bin *bin)
{
	unsigned int half = magazine_size(bin) / 2;

	return half ? uint_min(half, MAGAZINE_BATCH) : 1;
}

/* Puts the last of @nr slots in, as many as fit; returns how many are left. */
static inline unsigned int
magazine_put(struct bin *bin, const struct slot *slots, unsigned int nr)
{
	unsigned int room = (unsigned int)(bin->end - bin->top);
	unsigned int put = nr < room ? nr : room;

	if (!put)
		return nr;
	memcpy(bin->top, slots + nr - put, put * sizeof(*slots));
	bin->top += put;
	return nr - put;
}

/*
 * Before the first slot lies one that is none. It says how many allocations
 * there had been when the magazine got this storage, and when it was full last;
 * 0: not in this storage.
 */
static inline uint64_t magazine_began_at(const struct bin *bin)
{
	return (uintptr_t)bin->base[-1].state;
}

static inline uint64_t magazine_was_full_at(const struct bin *bin)
{
	return (uintptr_t)bin->base[-1].address;
}

static inline void magazine_note_begin(struct bin *bin)
{
	bin->base[-1].address = NULL;
	bin->base[-1].state = (uint8_t *)(uintptr_t)bin->nr_allocs;
}

static inline void magazine_note_full(struct bin *bin)
{
	bin->base[-1].address = (char *)(uintptr_t)bin->nr_allocs;
}

/* Moves what is there to @storage, which is longer: @slots. */
static inline void magazine_grow(struct bin *bin, struct slot *storage,
				 unsigned int slots)
{
	unsigned int count = magazine_count(bin);

	if (count)
		memcpy(storage, bin->base, count * sizeof(*storage));
	bin->base = storage;
	bin->top = storage + count;
	bin->end = storage + slots;
}

#endif /* CACHE_MAGAZINE_H */
