/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scrub: what lies in a slot when nobody owns it: zero; and behind its bytes
 * while somebody does: the canary.
 *
 * Owns:       nothing: the rules are in the layout.
 * Promises:   with zeroes, a slot that was given back holds zero, and is looked
 *             at before it is handed out: a byte that was written meanwhile is
 *             reported. With a canary, the last 8 bytes of a live slot are not
 *             the program's: they differ from slot to slot and from process to
 *             process, the first of them is zero (a string that runs over ends
 *             there), and they are looked at when the slot comes back.
 * Relies on:  the caller alone having the slot.
 */
#ifndef HEAP_SCRUB_H
#define HEAP_SCRUB_H

#include "base/compiler.h"
#include "base/zero.h"
#include "slab/slab.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct options;

#define CANARY_SIZE 8u

struct scrub {
	bool zeroes;
	size_t canary; /* bytes at the end of each slot: 0 or CANARY_SIZE */
	uint64_t secret[2];
};

/* Draws the secret. */
void scrub_init(struct scrub *scrub, const struct options *options);

/*
 * Folded from a product of 128 bits: who read one canary and knows where it
 * lies does not know the next.
 */
static inline uint64_t scrub_canary(const struct scrub *scrub, const void *slot)
{
	uint64_t mixed = (uintptr_t)slot ^ scrub->secret[0];
	unsigned __int128 product = (unsigned __int128)mixed * scrub->secret[1];

	return ((uint64_t)product ^ (uint64_t)(product >> 64)) << 8;
}

static inline uint64_t *scrub_canary_place(void *slot, size_t size)
{
	return (uint64_t *)((char *)slot + size - CANARY_SIZE);
}

/* Zeroes what was found to be something else; returns only under compat. */
cold_path void scrub_report_write(void *slot, size_t size);
cold_path void scrub_report_overflow(const void *slot);

/* Whether a slot of @size bytes is as it was left when it was given back. */
static always_inline bool scrub_is_clean(const struct scrub *scrub,
					 const void *slot, size_t size)
{
	return !scrub->zeroes || zero_fills(slot, size);
}

/* Whether one that comes back is as it was when it was handed out. */
static always_inline bool scrub_is_whole(const struct scrub *scrub, void *slot,
					 size_t size)
{
	return !scrub->canary ||
	       *scrub_canary_place(slot, size) == scrub_canary(scrub, slot);
}

static always_inline void scrub_sign(const struct scrub *scrub, void *slot,
				     size_t size)
{
	if (scrub->canary)
		*scrub_canary_place(slot, size) = scrub_canary(scrub, slot);
}

static always_inline void scrub_erase(const struct scrub *scrub, void *slot,
				      size_t size)
{
	if (scrub->zeroes)
		zero_clear(slot, size);
}

/* A slot before it is handed out. */
static inline void scrub_dress(const struct scrub *scrub, void *slot,
			       size_t size)
{
	if (unlikely(!scrub_is_clean(scrub, slot, size)))
		scrub_report_write(slot, size);
	scrub_sign(scrub, slot, size);
}

/* A slot that was given back. */
static inline void scrub_clean(const struct scrub *scrub, void *slot,
			       size_t size)
{
	if (unlikely(!scrub_is_whole(scrub, slot, size)))
		scrub_report_overflow(slot);
	scrub_erase(scrub, slot, size);
}

/*
 * Pages of a large object that were given back, @size bytes of them its own
 * and @span in all. Its own are zeroed where they have memory; of many, the
 * memory of all goes to the system. Says in which condition they are.
 */
enum condition scrub_pages(const struct scrub *scrub, void *start, size_t size,
			   size_t span);

/*
 * What was scrubbed and is handed out again as one object: zero, or it is
 * reported. Few dirty pages are read at once; else only those that have
 * memory.
 */
void scrub_check_pages(void *start, size_t span, bool is_dirty);

/*
 * Clears what was zero when the system took it back and was written to since:
 * the pages that have memory.
 */
void scrub_clear_written(void *start, size_t span);

/*
 * Looks at the canary of every live slot; dies of the first that is damaged.
 * Under compat, returns how many are.
 */
size_t scrub_check_all(void);

#endif /* HEAP_SCRUB_H */
