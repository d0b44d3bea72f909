/* SPDX-License-Identifier: Apache-2.0 */
/* draw: see draw.h. */
#include "slab/draw.h"

#include "base/align.h"
#include "base/random.h"
#include "base/zero.h"

/* Of eight draws in a part of which one slot in eight is free, a third fail. */
#define TRIES 8

/* Adds slots to the part in use until there is enough to choose from. */
static void open_more(struct slab *slab, unsigned int max)
{
	size_t pool = size_min(DRAW_POOL, DRAW_BYTES / slab->size);
	size_t more = size_max(max, ZERO_PAGE / slab->size);

	if (slab->nr_free >= size_max(pool, max))
		return;
	more = size_min(more, slab->nr_slots - slab->nr_used);
	/* Of larger slots not each page may ever be used. */
	if (slab->size <= ZERO_PAGE)
		zero_touch(region_chunk_base(slab) + slab->nr_used * slab->size,
			   more * slab->size);
	slab->nr_used += more;
	slab->nr_free += more;
}

static void shuffle(struct slot *slots, unsigned int nr, uint64_t *random)
{
	for (; nr > 1; nr--) {
		unsigned int other = random_below(random, nr);
		struct slot last = slots[nr - 1];

		slots[nr - 1] = slots[other];
		slots[other] = last;
	}
}

/* States of neighbours change under other threads' hands; FREE stays. */
static bool is_free(const struct slab *slab, unsigned int slot)
{
	return __atomic_load_n(&slab->states[slot], __ATOMIC_RELAXED) ==
	       SLOT_FREE;
}

static void draw_one(struct slab *slab, struct slot *out, uint64_t *random)
{
	unsigned int slot;

	for (int i = 0; i < TRIES; i++) {
		slot = random_below(random, slab->nr_used);
		if (!is_free(slab, slot))
			continue;
		out->state = &slab->states[slot];
		out->address = region_chunk_base(slab) + slot * slab->size;
		__atomic_store_n(out->state, SLOT_STOCK, __ATOMIC_RELAXED);
		slab->nr_free--;
		return;
	}
	slab->scan_from = (uint16_t)(slot & ~7u);
	slab_take_slots_locked(slab, out, 1);
}

unsigned int slab_draw_slots_locked(struct slab *slab, struct slot *out,
				    unsigned int max, uint64_t *random)
{
	open_more(slab, max);
	if (slab->nr_free <= max) {
		max = slab->nr_free;
		slab_take_slots_locked(slab, out, max);
		shuffle(out, max, random);
		return max;
	}
	for (unsigned int i = 0; i < max; i++)
		draw_one(slab, &out[i], random);
	return max;
}
