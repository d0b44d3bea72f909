/* SPDX-License-Identifier: Apache-2.0 */
/* sums: see sums.h. */
#include "heap/sums.h"

#include "heap/pocket.h"
#include "heap/thread.h"

static void add_cache(struct heap_sums *sums, uint32_t bin)
{
	const struct cache *cache = cache_of_bin(bin);
	size_t nr_slabs = cache_nr_slabs(cache);
	size_t in_stock, live, slots;

	if (!nr_slabs)
		return;
	in_stock = thread_slots_in_stock(bin);
	live = cache->nr_out > in_stock ? cache->nr_out - in_stock : 0;
	slots = nr_slabs * (layout_span(bin) / layout_slot_size(bin));
	sums->nr_small += live;
	sums->small_bytes += live * layout_slot_size(bin);
	sums->slab_bytes += nr_slabs * layout_span(bin);
	sums->free_slots += slots - live;
}

static void add_large(struct heap_sums *sums, const struct partition *partition)
{
	struct pocket_sum in_stock = pocket_sum(partition);

	/* Read at different moments, the two may disagree by a little. */
	if (partition->nr_large < in_stock.nr ||
	    partition->large_bytes < in_stock.bytes)
		return;
	sums->nr_large += partition->nr_large - in_stock.nr;
	sums->large_bytes += partition->large_bytes - in_stock.bytes;
}

struct heap_sums heap_sum(void)
{
	struct heap_sums sums = { 0 };
	unsigned int nr_named;

	for (unsigned int row = 0; row < layout_nr_used_rows(); row++) {
		for (unsigned int class = 0; class < NR_CLASSES; class ++)
			add_cache(&sums, bin_offset(row, class));
		add_large(&sums, &layout.partitions[row]);
	}
	nr_named = __atomic_load_n(&layout.nr_named, __ATOMIC_ACQUIRE);
	for (unsigned int i = 0; i < nr_named; i++) {
		add_cache(&sums, layout.named[i]->bin);
		add_large(&sums, &layout.named[i]->partition);
	}
	sums.idle_bytes = cache_idle_bytes() + layout_idle_bytes();
	return sums;
}
