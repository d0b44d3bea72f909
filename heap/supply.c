/* SPDX-License-Identifier: Apache-2.0 */
/* supply: see supply.h. */
#include "heap/supply.h"

#include "base/probe.h"
#include "heap/guard.h"
#include "heap/named.h"
#include "os/node.h"

static void prefer_node(struct slab *slab)
{
	uint32_t bin = bin_of_slab(slab);

	slab = slab_first(slab);
	if (layout_is_named(bin) && layout_named(bin)->node >= 0)
		node_prefer(region_chunk_base(slab), slab_span(slab),
			    layout_named(bin)->node);
}

struct slab *supply_make_slab(struct heap *heap, uint32_t offset)
{
	struct partition *partition = layout_partition(offset);
	size_t size = layout_slot_size(offset);
	size_t span = layout_span(offset);
	size_t nr_states = slab_nr_states(size, span);
	size_t guard = guard_behind_slab(thread_random(heap));
	bool is_first = !cache_nr_slabs(cache_of_bin(offset));
	struct region_asker asker = thread_asker(heap, is_first);
	uint8_t *states;
	struct slab *slab;
	char *ground;

	if (!layout_lock_partition(partition, asker.tag))
		return NULL;
	/* All or nothing: a program may ask in vain for ever. */
	ground = ground_take(&partition->slabs, span + guard, &asker);
	states =
		ground ? arena_take(&layout.states, nr_states, SLAB_STATES_LINE)
		       : NULL;
	if (ground && !states)
		ground_untake(&partition->slabs, span + guard);
	if (states)
		layout_note_slab(partition, offset);
	lock_release(&partition->lock);
	if (!states)
		return NULL;
	if (guard)
		guard_raise(ground + span + guard);
	slab = slab_of_chunk(region_chunk_of(ground));
	slab_init(slab, size, span, layout_home(offset), states);
	prefer_node(slab);
	return slab;
}

/*
 * A signal handler that interrupted its own thread under the cache's lock is
 * served from a slab that the cache never learns of.
 */
static int take(struct heap *heap, uint32_t offset, struct slot *out, int max)
{
	struct cache *cache = cache_of_bin(offset);
	uint32_t tag = thread_tag(heap);
	int got = cache_take(cache, out, max, tag);
	struct slab *slab;

	if (got > 0)
		return got;
	if (!got && cache_recommit(cache, tag)) {
		got = cache_take(cache, out, max, tag);
		/* What was given back took its preference along. */
		if (got > 0)
			prefer_node(
				slab_of_chunk(region_chunk_of(out[0].address)));
		return got;
	}
	slab = supply_make_slab(heap, offset);
	if (!slab)
		return cache_take_any(cache, out, max, tag);
	if (got < 0 || !cache_add_slab(cache, slab, tag)) {
		slab->epoch = (uint8_t)(cache->epoch - 1);
		got = slab_take_slots_locked(slab, out, max);
		cache_count_out(cache, got);
		return got;
	}
	return cache_take(cache, out, max, tag);
}

int supply_take(struct heap *heap, uint32_t bin, struct slot *out, int max)
{
	int got = take(heap, bin, out, max);

	PROBE3(refill, row_of_bin(bin), layout_slot_size(bin), got);
	if (got > 0)
		named_construct(bin, out, got);
	return got;
}

static bool may_prepare(void)
{
	size_t blocks = SUPPLY_PREPARED / BLOCK_SIZE + 1;

	/* An extent begins with several times that, see region/ground.c. */
	return layout.nr_rows <= SUPPLY_ROWS_MAX &&
	       layout.nr_rows * blocks * 256 <= region.nr_blocks;
}

void supply_prepare(struct heap *heap)
{
	for (unsigned int row = 0; may_prepare() && row < layout.nr_rows;
	     row++) {
		struct partition *partition = &layout.partitions[row];
		struct region_asker asker = thread_asker(heap, false);

		if (!layout_lock_partition(partition, asker.tag))
			continue;
		if (ground_take(&partition->slabs, SUPPLY_PREPARED, &asker))
			ground_untake(&partition->slabs, SUPPLY_PREPARED);
		lock_release(&partition->lock);
	}
}
