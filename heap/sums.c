/* SPDX-License-Identifier: Apache-2.0 */
/* sums: see sums.h. */
#include "heap/sums.h"

#include "heap/large.h"
#include "heap/thread.h"

static size_t slots_in_stock(uint32_t offset)
{
	const struct heap *heap =
		__atomic_load_n(&thread_heaps, __ATOMIC_ACQUIRE);
	size_t nr = 0;

	for (; heap; heap = heap->next_of_all)
		nr += magazine_count(heap_bin(heap, offset));
	return nr;
}

static void add_cache(struct heap_sums *sums, unsigned int row,
		      unsigned int class)
{
	const struct cache *cache = cache_of_bin(bin_offset(row, class));
	size_t nr_slabs = cache_nr_slabs(cache);
	size_t in_stock, live, slots;

	if (!nr_slabs)
		return;
	in_stock = slots_in_stock(bin_offset(row, class));
	live = cache->nr_out > in_stock ? cache->nr_out - in_stock : 0;
	slots = nr_slabs * (class_span(class) / class_size(class));
	sums->nr_small += live;
	sums->small_bytes += live * class_size(class);
	sums->slab_bytes += nr_slabs * class_span(class);
	sums->free_slots += slots - live;
}

struct heap_sums heap_sum(void)
{
	struct heap_sums sums = { 0 };

	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		for (unsigned int class = 0; class < NR_CLASSES; class ++)
			add_cache(&sums, row, class);
		sums.nr_large += layout.partitions[row].nr_large;
		sums.large_bytes += layout.partitions[row].large_bytes;
	}
	sums.idle_bytes = cache_idle_bytes() + layout_idle_bytes();
	return sums;
}
