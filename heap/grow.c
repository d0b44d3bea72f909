/* SPDX-License-Identifier: Apache-2.0 */
/* grow: see grow.h. */
#include "heap/grow.h"

/*
 * The magazine is empty and was full not long ago: what it gave home is wanted
 * again. Where objects are replaced at random that comes by chance, and later.
 */
static bool swings(const struct bin *bin)
{
	uint64_t since = bin->nr_allocs - magazine_was_full_at(bin);

	return magazine_is_empty(bin) && since <= magazine_size(bin);
}

/* What it takes others free; more than twice a batch is of no use to it. */
static bool only_takes(const struct bin *bin)
{
	uint64_t since = bin->nr_allocs - magazine_began_at(bin);

	return !magazine_was_full_at(bin) &&
	       magazine_size(bin) <= MAGAZINE_BATCH &&
	       since >= MAGAZINE_WORTH * magazine_size(bin);
}

static bool is_large(size_t slots, size_t size)
{
	return slots > MAGAZINE_SLOTS_MIN &&
	       (slots > MAGAZINE_SLOTS_SMALL ||
		slots * size > MAGAZINE_BYTES_SMALL);
}

/*
 * Whether a magazine of the bin may have so many slots: a small one, or a large
 * one that is worth it.
 */
static bool may_have(const struct heap *heap, uint32_t offset,
		     unsigned int slots)
{
	const struct bin *bin = heap_bin(heap, offset);
	size_t bytes = slots * layout_slot_size(offset);

	if (layout.is_hardened)
		return slots <= hold_slots_max(layout_hold_rule(offset));
	if (!is_large(slots, layout_slot_size(offset)))
		return true;
	return slots <= MAGAZINE_SLOTS_MAX && bytes <= MAGAZINE_BYTES_MAX &&
	       bin->nr_allocs >= slots * MAGAZINE_WORTH &&
	       (swings(bin) || only_takes(bin)) &&
	       heap->bytes_large + bytes <= MAGAZINE_BYTES_LARGE;
}

static unsigned int spare_of(unsigned int slots)
{
	return __builtin_ctz(slots) - __builtin_ctz(MAGAZINE_SLOTS_MIN);
}

/* The spare ones are chained through what lies before the first slot. */
static struct slot *take_storage(struct heap *heap, unsigned int slots)
{
	struct slot **spare = &heap->spare[spare_of(slots)];
	struct slot *storage = *spare;

	if (storage) {
		*spare = (struct slot *)storage[-1].address;
		return storage;
	}
	storage = layout_take_spare((slots + 1) * sizeof(*storage), 16);
	return storage ? storage + 1 : NULL;
}

static void keep_storage(struct heap *heap, struct slot *storage,
			 unsigned int slots)
{
	struct slot **spare = &heap->spare[spare_of(slots)];

	storage[-1].address = (char *)*spare;
	*spare = storage;
}

/* The line of a hardened one counted. */
static unsigned int slots_of(const struct heap *heap, uint32_t offset)
{
	return heap->holds ? heap_hold(heap, offset)->slots
			   : magazine_size(heap_bin(heap, offset));
}

static unsigned int first_slots(uint32_t offset)
{
	return layout.is_hardened ? layout_hold_rule(offset)->first
				  : MAGAZINE_SLOTS_MIN;
}

/* A magazine that had @had slots has @slots. */
static void count_large(struct heap *heap, uint32_t offset, size_t had,
			size_t slots)
{
	size_t size = layout_slot_size(offset);

	if (layout.is_hardened || !is_large(slots, size))
		return;
	heap->bytes_large += slots * size;
	if (is_large(had, size))
		heap->bytes_large -= had * size;
}

static never_inline bool grow(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);
	struct slot *old = bin->base;
	unsigned int had = slots_of(heap, offset);
	unsigned int slots = had ? had * 2 : first_slots(offset);
	struct slot *storage;

	if (!heap_has_bins(heap) || !may_have(heap, offset, slots))
		return false;
	storage = take_storage(heap, slots);
	if (!storage)
		return false;
	if (layout.is_hardened)
		hold_grow(heap_hold(heap, offset), layout_hold_rule(offset),
			  bin, storage, slots);
	else
		magazine_grow(bin, storage, slots);
	magazine_note_begin(bin);
	if (had)
		keep_storage(heap, old, had);
	count_large(heap, offset, had, slots);
	heap->used[row_of_bin(offset)] |= 1ul << class_of_bin(offset);
	return true;
}

bool grow_magazine(struct heap *heap, uint32_t offset)
{
	const struct bin *bin = heap_bin(heap, offset);

	if (!layout.is_hardened &&
	    likely(magazine_size(bin) >= MAGAZINE_SLOTS_SMALL) &&
	    !magazine_is_empty(bin))
		return false;
	return grow(heap, offset);
}
