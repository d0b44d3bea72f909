/* SPDX-License-Identifier: Apache-2.0 */
/* hardened: see hardened.h. */
#include "heap/hardened.h"

#include "base/align.h"
#include "heap/nowait.h"
#include "heap/supply.h"

static bool has_ready(const struct heap *heap, uint32_t offset)
{
	return magazine_count(heap_bin(heap, offset)) >
	       *heap_held(heap, offset);
}

/* Those of a slab in order; where they are drawn, draw.c has done it. */
static void touch_new(const struct slot *slots, int nr, size_t size)
{
	for (int i = 0; i < nr; i++) {
		if (*slots[i].state == SLOT_NEW && size <= ZERO_PAGE)
			zero_touch(slots[i].address, size);
	}
}

/*
 * One slot, and a batch for the next calls; false: no memory. Taken aside
 * first: a signal handler may fill the bin meanwhile.
 */
static bool fetch(struct heap *heap, uint32_t offset, struct slot *slot)
{
	const struct hold_rule *rule = &layout.holds[class_of_bin(offset)];
	struct bin *bin = heap_bin(heap, offset);
	struct slot slots[MAGAZINE_SLOTS_MAX / 2];
	unsigned int left;
	int got;

	if (unlikely(nowait_is_unsettled()))
		nowait_settle(heap);
	if (bin->end - bin->top < rule->batch)
		thread_grow_magazine(heap, offset);
	got = supply_take(heap, offset, slots,
			  (int)size_min(rule->batch, bin->end - bin->top + 1));
	if (got <= 0)
		return false;
	if (layout.scrub.zeroes)
		touch_new(slots, got, class_size(class_of_bin(offset)));
	left = magazine_put(bin, slots, got - 1);
	if (left)
		cache_give(cache_of_bin(offset), slots, left, thread_tag(heap));
	*slot = slots[got - 1];
	return true;
}

void *hardened_alloc(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);
	struct slot slot;

	if (has_ready(heap, offset))
		slot = magazine_pop(bin);
	else if (!fetch(heap, offset, &slot))
		return NULL;
	bin->nr_allocs++;
	scrub_dress(&layout.scrub, slot.address,
		    class_size(class_of_bin(offset)));
	/* Pairs with scrub_check_all(): who sees LIVE sees the canary. */
	__atomic_store_n(slot.state, SLOT_LIVE, __ATOMIC_RELEASE);
	return slot.address;
}

/* The oldest that wait go home. */
static void release_held(struct heap *heap, uint32_t offset,
			 const struct hold_rule *rule)
{
	struct bin *bin = heap_bin(heap, offset);
	unsigned int nr = uint_min(rule->batch, magazine_count(bin));

	cache_give(cache_of_bin(offset), bin->base, nr, thread_tag(heap));
	hold_drop(bin, rule, heap_held(heap, offset), nr, &heap->random);
}

bool hardened_free(struct heap *heap, const struct slab *slab, void *p,
		   uint8_t *state)
{
	uint32_t offset = slab->bin;
	const struct hold_rule *rule = &layout.holds[class_of_bin(offset)];
	struct bin *bin = heap_bin(heap, offset);
	uint16_t *held = heap_held(heap, offset);
	struct slot slot = { p, state };
	bool goes_home;

	scrub_clean(&layout.scrub, p, slab->size);
	goes_home =
		hold_is_full(bin, rule, *held) &&
		(*held >= rule->most || !thread_grow_magazine(heap, offset));
	if (goes_home && !bin->base) {
		cache_give(cache_of_bin(offset), &slot, 1, thread_tag(heap));
		return true;
	}
	if (goes_home)
		release_held(heap, offset, rule);
	hold_push(bin, held, slot);
	return goes_home;
}
