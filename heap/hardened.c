/* SPDX-License-Identifier: Apache-2.0 */
/* hardened: see hardened.h. */
#include "heap/hardened.h"

#include "base/align.h"
#include "heap/grow.h"
#include "heap/nowait.h"
#include "heap/supply.h"

/* Slots that come from the slabs at once, at most. */
#define FETCH_SLOTS 64u

/* So many slots drawn from a pool that wide, and a wider one is worth it. */
#define POOL_WORTH 16u

/*
 * Who reads a fresh page first and writes to it then has two faults. In a slab
 * slots that never were out are next to each other: one a page is enough.
 */
static void touch_new(const struct slot *slots, int nr, size_t size)
{
	for (int i = 0; i < nr; i++) {
		uintptr_t at = (uintptr_t)slots[i].address;

		if (*slots[i].state == SLOT_NEW && size <= ZERO_PAGE &&
		    (i == 0 || at % ZERO_PAGE < size))
			zero_touch(slots[i].address, size);
	}
}

/* How many would fill the pool half way between too few and too many. */
static unsigned int wanted(const struct hold *hold, const struct bin *bin)
{
	unsigned int middle = (hold->least + magazine_size(bin) + 1) / 2;

	return middle - magazine_count(bin);
}

/* A pool for the bin, or a wider one if it is worth it. */
static void widen(struct heap *heap, uint32_t offset)
{
	const struct hold *hold = heap_hold(heap, offset);
	const struct bin *bin = heap_bin(heap, offset);

	if (!bin->base || (hold->least < layout_hold_rule(offset)->pool &&
			   bin->nr_allocs >= hold->least * POOL_WORTH))
		grow_magazine(heap, offset);
}

/*
 * Slots for the pool: enough to choose from, if there is memory; for who has no
 * memory for a pool, @only. Taken aside first: a signal handler may fill the
 * bin meanwhile.
 */
static void fetch(struct heap *heap, uint32_t offset, struct slot *only)
{
	const struct hold *hold = heap_hold(heap, offset);
	struct bin *bin = heap_bin(heap, offset);
	struct slot slots[FETCH_SLOTS];
	unsigned int left;
	int got;

	if (unlikely(nowait_is_unsettled()))
		nowait_settle(heap);
	do {
		unsigned int nr = uint_min(FETCH_SLOTS, wanted(hold, bin));

		got = supply_take(heap, offset, slots, bin->base ? (int)nr : 1);
		if (got <= 0)
			return;
		if (layout.scrub.zeroes)
			touch_new(slots, got, layout_slot_size(offset));
		if (!bin->base) {
			*only = slots[0];
			return;
		}
		left = magazine_put(bin, slots, got);
	} while (!left && !hold_has_choice(hold, bin));
	if (left)
		cache_give(cache_of_bin(offset), slots, left, thread_tag(heap));
}

void *hardened_alloc(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);
	struct slot slot = { NULL, NULL };

	if (!thread_random_is_own(heap))
		thread_seed_random(heap);
	if (!bin->base || hardened_is_due(bin))
		widen(heap, offset);
	if (!hold_has_choice(heap_hold(heap, offset), bin))
		fetch(heap, offset, &slot);
	if (!magazine_is_empty(bin))
		slot = hold_draw(heap_hold(heap, offset), bin,
				 layout.draws ? &heap->random : NULL);
	if (!slot.address)
		return NULL;
	heap_count_alloc(heap, offset);
	if (!layout_is_named(offset))
		scrub_dress(&layout.scrub, slot.address,
			    class_size(class_of_bin(offset)));
	/* Pairs with scrub_check_all(): who sees LIVE sees the canary. */
	__atomic_store_n(slot.state, SLOT_LIVE, __ATOMIC_RELEASE);
	return slot.address;
}

/* Down to half way between too few that are ready and too many. */
static void give_ready(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);
	unsigned int nr =
		(magazine_count(bin) - heap_hold(heap, offset)->least + 1) / 2;

	bin->top -= nr;
	cache_give(cache_of_bin(offset), bin->top, nr, thread_tag(heap));
}

bool hardened_free(struct heap *heap, const struct slab *slab, void *p,
		   uint8_t *state)
{
	uint32_t offset = bin_of_slab(slab);
	struct bin *bin = heap_bin(heap, offset);
	struct hold *hold = heap_hold(heap, offset);
	struct slot slot = { p, state };
	bool goes_home;

	if (!layout_is_named(offset))
		scrub_clean(&layout.scrub, p, slab->size);
	if (!bin->base && !grow_magazine(heap, offset)) {
		cache_give(cache_of_bin(offset), &slot, 1, thread_tag(heap));
		return true;
	}
	goes_home = hold_is_full(hold, bin);
	if (goes_home)
		give_ready(heap, offset);
	hold_push(hold, bin, slot);
	if (hold->held == hold->line &&
	    hold->line < layout_hold_rule(offset)->line)
		grow_magazine(heap, offset);
	return goes_home;
}
