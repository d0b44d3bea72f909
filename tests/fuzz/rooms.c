/* SPDX-License-Identifier: Apache-2.0 */
/* rooms: see rooms.h. */
#include "tests/fuzz/rooms.h"

#include "heap/heap.h"
#include "heap/large.h"
#include "heap/nowait.h"
#include "heap/pocket.h"
#include "heap/sums.h"
#include "tests/fuzz/model.h"

#include <string.h>

/* What a walk over the chunk table finds of each cache and partition. */
struct found {
	size_t nr_slabs;
	size_t nr_empty;
	size_t nr_out;
	size_t idle;
	bool has_forgotten; /* slabs of an epoch that is over */
};

/* Slots and bytes that were lost where that is allowed. */
struct lost {
	size_t nr;
	size_t bytes;
};

#define NR_BINS_MAX ((size_t)256 * NR_CLASSES_MAX)

static struct found found[NR_BINS_MAX];
static size_t in_stock[NR_BINS_MAX];
static struct lost lost[NR_BINS_MAX];
static struct lost all_lost;
static size_t dirty_bytes; /* of free large ground */

static size_t number_of_bin(uint32_t bin)
{
	return bin >> BIN_SHIFT;
}

static size_t nr_bins(void)
{
	return (size_t)layout.nr_rows * NR_CLASSES_MAX;
}

static void expect(bool holds, const char *what, uint32_t bin)
{
	if (!holds)
		model_fail("%s (row %u, class %u)", what, row_of_bin(bin),
			   class_of_bin(bin));
}

/* All records of a slab's span say the same. */
static void check_records(struct slab *slab, uint32_t bin)
{
	size_t chunk = slab_chunk(slab);

	for (size_t i = 0; i < slab->chunks; i++) {
		const struct slab *record = slab_of_chunk(chunk + i);

		expect(record->kind == SLAB_SMALL &&
			       record->home == slab->home &&
			       record->bias == i &&
			       record->nr_slots == slab->nr_slots &&
			       record->states == slab->states &&
			       record->reciprocal == slab->reciprocal,
		       "records of a slab differ", bin);
	}
}

static void add_slab(struct slab *slab)
{
	uint32_t bin = bin_of_slab(slab);
	struct found *of = &found[number_of_bin(bin)];
	const struct cache *cache = cache_of_bin(bin);

	slab_check(slab);
	check_records(slab, bin);
	if (slab->epoch != (uint8_t)cache->epoch) {
		of->has_forgotten = true;
		return;
	}
	of->nr_slabs++;
	of->nr_out += slab->nr_used - slab->nr_free;
	if (!slab_is_empty(slab))
		return;
	of->nr_empty++;
	/* Never used, or purged: nothing idle. */
	if (slab->nr_used && slab->list)
		of->idle += slab_span(slab);
}

static void count_lost(uint32_t bin, size_t nr, size_t bytes)
{
	lost[number_of_bin(bin)].nr += nr;
	lost[number_of_bin(bin)].bytes += bytes;
	all_lost.nr += nr;
	all_lost.bytes += bytes;
}

static bool is_in_pocket(const struct slab *slab)
{
	for (const struct heap *heap = thread_heaps; heap;
	     heap = heap->next_of_all) {
		for (unsigned int i = 0; i < POCKET_PLACES; i++) {
			if (heap->pocket.slabs[i] == slab)
				return true;
		}
	}
	return false;
}

static void add_large(const struct slab *slab)
{
	uint32_t bin = bin_of_slab(slab);
	const struct model_block *block =
		model_find(region_chunk_base(slab), false);

	found[number_of_bin(bin)].nr_out++;
	expect(!block || block->slot == slab->size,
	       "a large object of another size", bin);
	if (block)
		return;
	expect(slab->large_state == SLOT_STOCK, "a large object nobody has",
	       bin);
	if (is_in_pocket(slab))
		return;
	/* Freed by a handler that found the partition locked. */
	count_lost(bin, 1, slab->size);
}

/* The first record of a range comes first: the walk skips the last. */
static void add_range(const struct slab *range)
{
	expect(!range->bias, "free ground without a beginning", 0);
	expect(range->nr_dirty <= range->chunks, "dirtier than large", 0);
	expect(!range->nr_dirty || range->condition == GROUND_DIRTY,
	       "dirty ground that is called clean", 0);
	dirty_bytes += (size_t)range->nr_dirty << CHUNK_SHIFT;
}

static void walk_table(void)
{
	size_t chunk = 0;

	dirty_bytes = 0;
	memset(found, 0, nr_bins() * sizeof(found[0]));
	while (chunk < region_nr_chunks()) {
		struct slab *slab = slab_of_chunk(chunk);

		if (slab->kind == SLAB_SMALL)
			add_slab(slab);
		else if (slab->kind == SLAB_LARGE)
			add_large(slab);
		else if (slab->kind == SLAB_LARGE_FREE ||
			 slab->kind == SLAB_LARGE_KEPT)
			add_range(slab);
		chunk += slab->kind ? slab->chunks : 1;
	}
}

/* A slot in a magazine is in stock, begins a slot, and is there once. */
static void check_slot(const struct slot *slot, uint32_t bin)
{
	size_t chunk = region_chunk_of(slot->address);
	const struct slab *slab = slab_of_chunk(chunk);
	uint8_t *state = NULL;

	expect(bin_of_slab(slab) == bin &&
		       slab_find_state(slab, slot->address, &state),
	       "a slot in another cache's magazine", bin);
	expect(slot->state == state, "a slot with another slot's state", bin);
	expect(*slot->state == SLOT_STOCK || *slot->state == SLOT_NEW,
	       "a slot in a magazine that is not in stock", bin);
	expect(!model_find(slot->address, true), "a live block in a magazine",
	       bin);
}

static void check_slots(const struct slot *slots, unsigned int nr,
			uint32_t offset)
{
	for (const struct slot *slot = slots; slot < slots + nr; slot++) {
		check_slot(slot, offset);
		for (const struct slot *twin = slots; twin < slot; twin++)
			expect(twin->address != slot->address,
			       "a slot twice in a magazine", offset);
	}
	in_stock[number_of_bin(offset)] += nr;
}

static void check_bin(const struct heap *heap, uint32_t offset)
{
	const struct bin *bin = heap_bin(heap, offset);
	const struct hold *hold;

	expect(bin->base <= bin->top && bin->top <= bin->end,
	       "a magazine's bounds", offset);
	check_slots(bin->base, magazine_count(bin), offset);
	if (!heap->holds)
		return;
	hold = heap_hold(heap, offset);
	expect(hold->held <= hold->line &&
		       magazine_size(bin) + hold->line <= hold->slots,
	       "the bounds of a line", offset);
	expect(hold->held == hold->line ? hold->next < hold->line : !hold->next,
	       "who is next in a line", offset);
	check_slots(bin->end, hold->held, offset);
}

static void check_heaps(void)
{
	memset(in_stock, 0, nr_bins() * sizeof(in_stock[0]));
	for (const struct heap *heap = thread_heaps; heap;
	     heap = heap->next_of_all) {
		/* Only where the system was told to refuse. */
		if (!heap_has_bins(heap))
			continue;
		for (unsigned int row = 0; row < layout.nr_rows; row++) {
			uint64_t used = heap->used[row];

			for (; used; used &= used - 1)
				check_bin(heap, bin_offset(row, __builtin_ctzl(
									used)));
		}
	}
}

/* Slots out of a cache that are nowhere; none may be lost without leave. */
static void settle_slots(uint32_t bin, size_t nr_known)
{
	const struct cache *cache = cache_of_bin(bin);
	struct lost *of = &lost[number_of_bin(bin)];

	if (model_loss() == LOSS_NOW && cache->nr_out > nr_known + of->nr) {
		size_t nr = cache->nr_out - nr_known - of->nr;

		count_lost(bin, nr, nr * class_size(class_of_bin(bin)));
	}
	expect(cache->nr_out == nr_known + of->nr, "slots lost or found", bin);
}

static size_t check_counts(uint32_t bin)
{
	const struct cache *cache = cache_of_bin(bin);
	const struct found *of = &found[number_of_bin(bin)];
	size_t bytes;
	size_t live = model_count(bin, &bytes);

	if (!cache->nr_slabs)
		return 0;
	expect(cache->idle_bytes == of->idle, "a cache's idle bytes", bin);
	if (model_loss() == LOSS_FOR_GOOD)
		return of->idle;
	settle_slots(bin, live + in_stock[number_of_bin(bin)]);
	if (of->has_forgotten)
		return of->idle;
	expect(cache->nr_slabs == of->nr_slabs, "a cache's slabs", bin);
	expect(cache->nr_empty == of->nr_empty, "a cache's empty slabs", bin);
	expect(cache->nr_out == of->nr_out, "slots out of a cache", bin);
	return of->idle;
}

static void check_partition(unsigned int row)
{
	const struct partition *partition = &layout.partitions[row];
	uint32_t bin = bin_offset(row, CLASS_LARGE);
	size_t nr_found = found[number_of_bin(bin)].nr_out;
	const struct lost *of = &lost[number_of_bin(bin)];
	struct pocket_sum in_stock = pocket_sum(partition);
	size_t bytes;
	size_t live = model_count(bin, &bytes);

	if (model_loss() == LOSS_FOR_GOOD)
		return;
	expect(nr_found == live + of->nr + in_stock.nr,
	       "large objects lost or found", bin);
	expect(partition->nr_large == nr_found, "count of large objects", bin);
	expect(partition->large_bytes == bytes + of->bytes + in_stock.bytes,
	       "bytes of large objects", bin);
}

/* Large objects that were lost are counted anew by each walk. */
static void forget_lost_large(void)
{
	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		struct lost *of =
			&lost[number_of_bin(bin_offset(row, CLASS_LARGE))];

		all_lost.nr -= of->nr;
		all_lost.bytes -= of->bytes;
		*of = (struct lost){ 0 };
	}
}

/*
 * Each room's own check; it takes the lock, and who finds an orphan's lock
 * forgets what it protected: before anything is counted.
 */
static void check_each(struct heap *heap)
{
	uint32_t tag = thread_tag(heap);

	region_check(tag);
	arena_check(&layout.arena);
	arena_check(&layout.states);
	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		struct partition *partition = &layout.partitions[row];

		large_check(heap, partition);
		ground_check(&partition->slabs);
		ground_check(&partition->large);
		for (unsigned int class = 0; class < NR_CLASSES; class ++) {
			struct cache *cache =
				cache_of_bin(bin_offset(row, class));

			if (cache_nr_slabs(cache))
				cache_check(cache, tag);
		}
	}
}

void rooms_check(void)
{
	struct heap *heap = thread_enter();
	size_t idle = 0, large_idle = 0;

	if (!heap)
		return;
	if (nr_bins() > NR_BINS_MAX)
		model_fail("%zu bins, %zu at most", nr_bins(), NR_BINS_MAX);
	/* What a handler freed under a lock that its thread held waits. */
	nowait_settle(heap);
	check_each(heap);
	forget_lost_large();
	walk_table();
	check_heaps();
	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		for (unsigned int class = 0; class < NR_CLASSES; class ++)
			idle += check_counts(bin_offset(row, class));
		check_partition(row);
		large_idle += layout.partitions[row].idle_bytes;
	}
	expect(idle == cache_idle_bytes(), "idle bytes of all caches", 0);
	expect(large_idle == layout_idle_bytes(), "idle large bytes", 0);
	expect(model_loss() == LOSS_FOR_GOOD || large_idle == dirty_bytes,
	       "dirty large ground", 0);
	model_settle();
	thread_leave(heap);
}

void rooms_check_bin(uint32_t bin)
{
	struct heap *heap = thread_enter();

	if (!heap)
		return;
	if (class_of_bin(bin) < NR_CLASSES)
		cache_check(cache_of_bin(bin), thread_tag(heap));
	else
		large_check(heap, &layout.partitions[row_of_bin(bin)]);
	ground_check(&layout.partitions[row_of_bin(bin)].slabs);
	ground_check(&layout.partitions[row_of_bin(bin)].large);
	thread_leave(heap);
}

void rooms_check_sums(void)
{
	struct heap_sums sums = heap_sum();
	size_t nr = sums.nr_small + sums.nr_large - all_lost.nr;
	size_t bytes = sums.small_bytes + sums.large_bytes - all_lost.bytes;

	if (model_loss() != LOSS_NONE)
		return;
	if (nr != model_nr_blocks() || bytes != model_nr_bytes())
		model_fail("%zu + %zu objects, %zu + %zu bytes, not %u and %zu",
			   sums.nr_small, sums.nr_large, sums.small_bytes,
			   sums.large_bytes, model_nr_blocks(),
			   model_nr_bytes());
}
