/* SPDX-License-Identifier: Apache-2.0 */
/* large: see large.h. */
#include "heap/large.h"

#include "base/align.h"
#include "heap/guard.h"
#include "heap/kept.h"
#include "heap/ranges.h"
#include "os/os.h"
#include "report/report.h"

size_t large_usable(size_t size)
{
	return round_up(size_max(size, 1), os_page_size());
}

/* @span 0: none is wanted. */
static char *take_kept(struct partition *partition, size_t span, size_t align,
		       bool *is_zero)
{
	struct slab *slab = span ? kept_take(partition, span, align) : NULL;

	if (!slab)
		return NULL;
	*is_zero = slab->condition != GROUND_DIRTY;
	return region_chunk_base(slab);
}

static char *take_ground(struct heap *heap, struct partition *partition,
			 size_t span, size_t align, bool *is_zero)
{
	size_t wanted = span + align - region_grain();
	size_t has = partition->large_bytes + partition->idle_bytes;
	/* Who holds less than that has none of this kind. */
	bool is_first = has < wanted;
	struct region_asker asker = thread_asker(heap, is_first);
	char *got = ground_take(&partition->large, wanted, &asker);
	char *start = (char *)round_up((uintptr_t)got, align);

	if (!got)
		return NULL;
	*is_zero = true;
	if (start > got)
		ranges_add(partition, got, start - got, GROUND_CLEAN, 0);
	if (got + wanted > start + span)
		ranges_add(partition, start + span, got + wanted - start - span,
			   GROUND_CLEAN, 0);
	return start;
}

static void begin_life(uint32_t bin, char *start, size_t size, size_t span,
		       bool has_guard)
{
	struct partition *partition = layout_partition(bin);
	struct slab *slab = slab_of_address(start);

	slab->minus_start = -(uint32_t)(uintptr_t)start;
	slab->bias = 0;
	slab->prev = has_guard;
	slab->kind = SLAB_LARGE;
	slab->home = layout_home(bin);
	slab->states = &slab->large_state;
	slab->size = large_usable(size);
	slab->chunks = region_chunks_in(span);
	slab->nr_slots = 1;
	slab->epoch = partition->epoch;
	__atomic_store_n(&slab->large_state, SLOT_LIVE, __ATOMIC_RELAXED);
	/* In the first chunk, which is all that this record speaks for. */
	__atomic_store_n(&slab->reciprocal, slot_reciprocal(CHUNK_SIZE),
			 __ATOMIC_RELEASE);
	partition->nr_large++;
	partition->nr_large_allocs++;
	layout_count_large(partition, slab->size);
}

void *large_alloc(struct heap *heap, uint32_t bin, size_t size, size_t align,
		  bool *is_zero)
{
	struct partition *partition = layout_partition(bin);
	size_t most = region.nr_blocks * BLOCK_SIZE;
	size_t guard = guard_behind_large();
	bool is_kept, is_fresh;
	size_t span;
	char *start;

	align = size_max(align, region_grain());
	if (size > most || align > most)
		return NULL;
	span = round_up(size_max(size, 1), region_grain()) + guard;
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return NULL;
	start = take_kept(partition, guard ? span : 0, align, is_zero);
	is_kept = start;
	if (!start)
		start = ranges_take(partition, span, align, is_zero);
	is_fresh = !start;
	if (is_fresh)
		start = take_ground(heap, partition, span, align, is_zero);
	if (start)
		begin_life(bin, start, size, span, is_kept);
	lock_release(&partition->lock);
	if (!start)
		return NULL;
	if (layout.scrub.zeroes) {
		scrub_check_pages(start, span - guard, !*is_zero);
		*is_zero = true;
	} else if (*is_zero && !is_fresh) {
		scrub_clear_written(start, span - guard);
	}
	if (guard && !is_kept)
		guard_raise_large(slab_of_address(start));
	return start;
}

/* A kept span that is of no use: its guard is lowered, and it may join. */
static void add_kept(struct heap *heap, struct partition *partition,
		     struct slab *slab)
{
	size_t span = slab_span(slab);

	/* A guard that cannot be lowered is nobody's for ever. */
	if (!guard_lower_large(slab))
		span -= guard_of_large(slab);
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return;
	ranges_add(partition, region_chunk_base(slab), span, slab->condition,
		   slab->nr_dirty);
	lock_release(&partition->lock);
}

bool large_free(struct heap *heap, struct slab *slab)
{
	struct partition *partition = layout_partition(bin_of_slab(slab));
	size_t guard = guard_of_large(slab);
	char *start = region_chunk_base(slab);
	size_t span = slab_span(slab) - guard;
	enum condition condition =
		scrub_pages(&layout.scrub, start, slab->size, span);
	bool is_kept = kept_wants(slab);
	struct slab *surplus = NULL;

	/* A guard that cannot be lowered is nobody's for ever. */
	if (!is_kept && guard_lower_large(slab))
		span += guard;
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return false;
	partition->nr_large--;
	layout_count_large(partition, -slab->size);
	slab->reciprocal = 0;
	slab->nr_slots = 0;
	slab->kind = SLAB_NONE;
	if (is_kept) {
		kept_put(partition, slab, condition);
		surplus = kept_take_surplus(partition);
	} else {
		ranges_add(partition, start, span, condition,
			   condition == GROUND_DIRTY ? region_chunks_in(span)
						     : 0);
	}
	lock_release(&partition->lock);
	if (surplus)
		add_kept(heap, partition, surplus);
	return true;
}

static bool grow_into_ground(struct heap *heap, struct partition *partition,
			     struct slab *slab, size_t more)
{
	struct region_asker asker = thread_asker(heap, false);
	struct ground *ground = &partition->large;

	return slab_end(slab) == ground->next && ground_left(ground) >= more &&
	       ground_take(ground, more, &asker);
}

static bool resize_locked(struct heap *heap, struct partition *partition,
			  struct slab *slab, size_t size, size_t span)
{
	if (span > slab_span(slab)) {
		size_t more = span - slab_span(slab);

		if (!ranges_take_at(partition, slab_end(slab), more) &&
		    !grow_into_ground(heap, partition, slab, more))
			return false;
	}
	slab->chunks = region_chunks_in(span);
	layout_count_large(partition, large_usable(size) - slab->size);
	slab->size = large_usable(size);
	return true;
}

/* What an object that shrank has no more, up to @end: others may have it. */
static void add_rest(struct heap *heap, struct partition *partition,
		     const struct slab *slab, const char *end)
{
	char *rest = slab_end(slab);

	if (rest >= end || !layout_lock_partition(partition, thread_tag(heap)))
		return;
	ranges_add(partition, rest, end - rest, GROUND_DIRTY,
		   region_chunks_in(end - rest));
	lock_release(&partition->lock);
}

bool large_resize(struct heap *heap, struct slab *slab, size_t size)
{
	struct partition *partition = layout_partition(bin_of_slab(slab));
	size_t guard = guard_of_large(slab);
	size_t usable = large_usable(size), old = slab->size;
	size_t span = round_up(size, region_grain()) + guard;
	bool is_moved = guard && span != slab_span(slab);
	char *start = region_chunk_base(slab);
	char *end = slab_end(slab);
	bool done;

	if (size <= layout_usable(SMALL_MAX) ||
	    size > region.nr_blocks * BLOCK_SIZE)
		return false;
	if (is_moved && !guard_lower_large(slab))
		return false;
	done = layout_lock_partition(partition, thread_tag(heap));
	if (done) {
		done = resize_locked(heap, partition, slab, size, span);
		lock_release(&partition->lock);
	}
	/* Not before it is sure that the object shrinks. */
	if (done && usable < old)
		scrub_pages(&layout.scrub, start + usable, old - usable,
			    old - usable);
	if (done && usable > old && layout.scrub.zeroes)
		scrub_check_pages(start + old, span - guard - old, true);
	if (is_moved)
		guard_raise_large(slab);
	if (done)
		add_rest(heap, partition, slab, end);
	return done;
}

static void purge_kept(struct heap *heap, struct partition *partition,
		       const struct purge *purge)
{
	struct slab *slab;

	do {
		if (!layout_lock_partition(partition, thread_tag(heap)))
			return;
		slab = kept_take_idle(partition, purge);
		lock_release(&partition->lock);
		if (slab)
			add_kept(heap, partition, slab);
	} while (slab);
}

/* The range's condition after as much was given back as could be. */
static enum condition give_back(const struct slab *range, bool refund)
{
	char *start = region_chunk_base(range);

	if (refund && os_refund(start, slab_span(range)))
		return GROUND_REFUNDED;
	return os_purge(start, slab_span(range)) ? GROUND_CLEAN : GROUND_DIRTY;
}

void large_purge(struct heap *heap, struct partition *partition,
		 struct purge *purge)
{
	bool refund = purge->refund;
	enum condition wanted = refund ? GROUND_REFUNDED : GROUND_CLEAN;
	uint32_t tag = thread_tag(heap);
	enum condition got;

	purge_kept(heap, partition, purge);
	do {
		struct slab *range;

		if (!layout_lock_partition(partition, tag))
			return;
		range = ranges_take_idle(partition, purge);
		lock_release(&partition->lock);
		if (!range)
			return;
		got = give_back(range, refund);
		if (!layout_lock_partition(partition, tag))
			return;
		ranges_add(partition, region_chunk_base(range),
			   slab_span(range), got,
			   got == GROUND_DIRTY ? range->nr_dirty : 0);
		lock_release(&partition->lock);
	} while (got == wanted);
}

void large_check(struct heap *heap, struct partition *partition)
{
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return;
	ranges_check(partition);
	kept_check(partition);
	lock_release(&partition->lock);
}
