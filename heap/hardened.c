/* SPDX-License-Identifier: Apache-2.0 */
/* hardened: see hardened.h. */
#include "heap/hardened.h"

#include "base/align.h"
#include "heap/nowait.h"
#include "heap/supply.h"

static void *hand_out(uint32_t offset, struct slot slot)
{
	size_t size = class_size(class_of_bin(offset));

	scrub_dress(&layout.scrub, slot.address, size);
	/* Pairs with scrub_check_all(): who sees LIVE sees the canary. */
	__atomic_store_n(slot.state, SLOT_LIVE, __ATOMIC_RELEASE);
	return slot.address;
}

void *hardened_take(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);

	if (magazine_count(bin) == *heap_held(heap, offset))
		return NULL;
	bin->nr_allocs++;
	return hand_out(offset, magazine_pop(bin));
}

void *hardened_alloc(struct heap *heap, uint32_t offset)
{
	const struct hold_rule *rule = &layout.holds[class_of_bin(offset)];
	struct bin *bin = heap_bin(heap, offset);
	struct slot slots[MAGAZINE_SLOTS_MAX / 2];
	unsigned int left;
	void *p = hardened_take(heap, offset);
	int got;

	if (p)
		return p;
	if (unlikely(nowait_is_unsettled()))
		nowait_settle(heap);
	if (bin->end - bin->top < rule->batch)
		thread_grow_magazine(heap, offset);
	got = supply_take(heap, offset, slots,
			  size_min(rule->batch, bin->end - bin->top + 1));
	if (got <= 0)
		return NULL;
	left = magazine_put(bin, slots, got - 1);
	if (left)
		cache_give(cache_of_bin(offset), slots, left, thread_tag(heap));
	bin->nr_allocs++;
	return hand_out(offset, slots[got - 1]);
}

/* The oldest that wait go home. */
static void release_held(struct heap *heap, struct bin *bin, uint32_t offset,
			 const struct hold_rule *rule)
{
	unsigned int nr = size_min(rule->batch, magazine_count(bin));

	cache_give(cache_of_bin(offset), bin->base, nr, thread_tag(heap));
	hold_drop(bin, heap_held(heap, offset), nr);
}

bool hardened_free(struct heap *heap, const struct slab *slab, void *p,
		   uint8_t *state)
{
	uint32_t offset = slab->bin;
	const struct hold_rule *rule = &layout.holds[class_of_bin(offset)];
	struct bin *bin = heap_bin(heap, offset);
	uint16_t *held = heap_held(heap, offset);
	struct slot slot = { p, state };
	bool went_home = false;

	scrub_clean(&layout.scrub, p, slab->size);
	if (unlikely(hold_is_full(bin, rule, *held)) &&
	    (*held >= rule->most || !thread_grow_magazine(heap, offset))) {
		went_home = true;
		if (!bin->base) {
			cache_give(cache_of_bin(offset), &slot, 1,
				   thread_tag(heap));
			return went_home;
		}
		release_held(heap, bin, offset, rule);
	}
	hold_push(bin, rule, held, slot, &heap->random);
	return went_home;
}
