/* SPDX-License-Identifier: Apache-2.0 */
/* large: see large.h. */
#include "heap/large.h"

#include "base/align.h"
#include "heap/guard.h"
#include "os/os.h"
#include "report/report.h"

/* How many ranges of the smallest bin that may fit are looked at. */
#define FIT_TRIES 8

size_t large_usable(size_t size)
{
	return round_up(size_max(size, 1), os_page_size());
}

static unsigned int bin_of_span(size_t span)
{
	return 63 - __builtin_clzl(span >> CHUNK_SHIFT);
}

static uint32_t *list_of(struct partition *partition, const struct slab *range)
{
	return &partition
			->free[range->condition][bin_of_span(slab_span(range))];
}

static struct slab *record_at(const void *address)
{
	return slab_of_chunk(region_chunk_of(address));
}

static char *end_of(const struct slab *span)
{
	return region_chunk_base(span) + slab_span(span);
}

static size_t nr_dirty_bytes(const struct slab *range)
{
	return (size_t)range->nr_dirty << CHUNK_SHIFT;
}

static void unlink_range(struct partition *partition, struct slab *range)
{
	if (range->prev)
		slab_of_chunk(range->prev)->next = range->next;
	else
		*list_of(partition, range) = range->next;
	if (range->next)
		slab_of_chunk(range->next)->prev = range->prev;
	layout_count_idle(partition, -nr_dirty_bytes(range));
	record_at(end_of(range) - CHUNK_SIZE)->kind = SLAB_NONE;
	range->kind = SLAB_NONE;
}

/*
 * Writes both boundary tags and puts the range on its list. The last record's
 * bias is 1 and its next the first one; a range of one chunk has only a first.
 */
static void link_range(struct partition *partition, char *start, size_t span,
		       enum condition condition, uint32_t nr_dirty)
{
	struct slab *range = record_at(start);
	struct slab *last = record_at(start + span - CHUNK_SIZE);
	uint32_t *list;

	last->kind = SLAB_LARGE_FREE;
	last->reciprocal = 0;
	last->nr_slots = 0;
	last->bias = last != range;
	last->next = slab_chunk(range);
	last->epoch = partition->epoch;
	last->condition = condition;
	range->kind = SLAB_LARGE_FREE;
	range->reciprocal = 0;
	range->nr_slots = 0;
	range->bias = 0;
	range->epoch = partition->epoch;
	range->condition = condition;
	range->chunks = span >> CHUNK_SHIFT;
	range->nr_dirty = nr_dirty;
	slab_begin_idle(range);
	layout_count_idle(partition, nr_dirty_bytes(range));
	list = list_of(partition, range);
	range->prev = 0;
	range->next = *list;
	if (*list)
		slab_of_chunk(*list)->prev = slab_chunk(range);
	*list = slab_chunk(range);
}

static bool can_join(const struct partition *partition,
		     const struct slab *neighbour, enum condition condition)
{
	return neighbour->kind == SLAB_LARGE_FREE &&
	       neighbour->epoch == partition->epoch &&
	       (neighbour->condition == GROUND_REFUNDED) ==
		       (condition == GROUND_REFUNDED);
}

/*
 * Adds free ground, grown together with its neighbours. Dirty and clean ground
 * is dirty together, and knows how much of it is.
 */
static void add_range(struct partition *partition, char *start, size_t span,
		      enum condition condition, uint32_t nr_dirty)
{
	struct slab *before = record_at(start - CHUNK_SIZE);
	struct slab *after = record_at(start + span);

	/* The chunk before an extent is unmapped ground: its kind is NONE. */
	if (can_join(partition, before, condition)) {
		struct slab *range =
			before->bias ? slab_of_chunk(before->next) : before;

		unlink_range(partition, range);
		span += slab_span(range);
		start = region_chunk_base(range);
		nr_dirty += range->nr_dirty;
		if (range->condition == GROUND_DIRTY)
			condition = GROUND_DIRTY;
	}
	if (region_chunk_of(start + span) < region_nr_chunks() &&
	    can_join(partition, after, condition)) {
		size_t more = slab_span(after);

		unlink_range(partition, after);
		span += more;
		nr_dirty += after->nr_dirty;
		if (after->condition == GROUND_DIRTY)
			condition = GROUND_DIRTY;
	}
	link_range(partition, start, span, condition, nr_dirty);
}

/* Ground that a user wrote to, in [start, start + span). */
static void add_dirty(struct partition *partition, char *start, size_t span)
{
	add_range(partition, start, span, GROUND_DIRTY, span >> CHUNK_SHIFT);
}

static struct slab *first_fit(uint32_t chunk, size_t span, int tries)
{
	for (; chunk && tries; tries--) {
		struct slab *range = slab_of_chunk(chunk);

		if (slab_span(range) >= span)
			return range;
		chunk = range->next;
	}
	return NULL;
}

static struct slab *find_range(const uint32_t *lists, size_t span)
{
	unsigned int bin = bin_of_span(span);
	struct slab *range = first_fit(lists[bin], span, FIT_TRIES);

	while (!range && ++bin < NR_LARGE_BINS)
		range = first_fit(lists[bin], span, 1);
	return range;
}

/* A part of a range is as dirty as all of it. */
static uint32_t dirty_share(const struct slab *range, size_t span)
{
	uint64_t chunks = span >> CHUNK_SHIFT;

	return (chunks * range->nr_dirty + range->chunks - 1) / range->chunks;
}

/* Takes [start, start + span) out of a free range that holds it. */
static void carve(struct partition *partition, struct slab *range, char *start,
		  size_t span)
{
	char *from = region_chunk_base(range);
	char *rest = start + span;
	size_t nr_rest = end_of(range) - rest;
	uint32_t dirty = dirty_share(range, start - from);
	uint32_t dirty_rest = dirty_share(range, nr_rest);
	enum condition condition = range->condition;

	unlink_range(partition, range);
	if (start > from)
		link_range(partition, from, start - from, condition, dirty);
	if (nr_rest)
		link_range(partition, rest, nr_rest, condition, dirty_rest);
}

/* Warm ground first, and ground that costs a system call last. */
static char *take_free(struct partition *partition, size_t span, size_t align,
		       bool *is_zero)
{
	size_t wanted = align > CHUNK_SIZE ? span + align - CHUNK_SIZE : span;
	enum condition condition = GROUND_DIRTY;
	struct slab *range = NULL;
	char *start;

	for (; !range && condition < NR_CONDITIONS; condition++)
		range = find_range(partition->free[condition], wanted);
	if (!range)
		return NULL;
	condition = range->condition;
	*is_zero = condition != GROUND_DIRTY;
	start = (char *)round_up((uintptr_t)region_chunk_base(range), align);
	if (condition == GROUND_REFUNDED && !os_commit_reserved(start, span))
		return NULL;
	carve(partition, range, start, span);
	return start;
}

static char *take_ground(struct heap *heap, struct partition *partition,
			 size_t span, size_t align)
{
	size_t wanted = align > CHUNK_SIZE ? span + align - CHUNK_SIZE : span;
	struct region_asker asker =
		thread_asker(heap, !partition->nr_large_allocs);
	char *got = ground_take(&partition->large, wanted, &asker);
	char *start = (char *)round_up((uintptr_t)got, align);

	if (!got)
		return NULL;
	if (start > got)
		add_range(partition, got, start - got, GROUND_CLEAN, 0);
	if (got + wanted > start + span)
		add_range(partition, start + span, got + wanted - start - span,
			  GROUND_CLEAN, 0);
	return start;
}

static void begin_life(uint32_t bin, char *start, size_t size, size_t span)
{
	struct partition *partition = layout_partition(bin);
	struct slab *slab = record_at(start);

	slab->start = (uintptr_t)start;
	slab->bias = 0;
	slab->prev = 0;
	slab->kind = SLAB_LARGE;
	slab->bin = bin;
	slab->states = &slab->large_state;
	slab->size = large_usable(size);
	slab->chunks = span >> CHUNK_SHIFT;
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
	size_t span;
	char *start;

	align = size_max(align, CHUNK_SIZE);
	if (size > most || align > most)
		return NULL;
	span = round_up(size_max(size, 1), CHUNK_SIZE) + guard;
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return NULL;
	*is_zero = true;
	start = take_free(partition, span, align, is_zero);
	if (!start)
		start = take_ground(heap, partition, span, align);
	if (start)
		begin_life(bin, start, size, span);
	lock_release(&partition->lock);
	if (!start)
		return NULL;
	if (layout.scrub.zeroes) {
		scrub_check_pages(start, span, !*is_zero);
		*is_zero = true;
	}
	if (guard)
		guard_raise_large(record_at(start));
	return start;
}

void large_free(struct heap *heap, struct slab *slab)
{
	struct partition *partition = layout_partition(slab->bin);
	size_t guard = guard_of_large(slab);
	char *start = region_chunk_base(slab);
	size_t span = slab_span(slab) - guard;
	enum condition condition =
		scrub_pages(&layout.scrub, start, slab->size, span);

	/* A guard that cannot be lowered is nobody's for ever. */
	if (guard_lower_large(slab))
		span += guard;
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return;
	partition->nr_large--;
	layout_count_large(partition, -slab->size);
	slab->reciprocal = 0;
	slab->nr_slots = 0;
	slab->kind = SLAB_NONE;
	add_range(partition, start, span, condition,
		  condition == GROUND_DIRTY ? span >> CHUNK_SHIFT : 0);
	lock_release(&partition->lock);
}

static bool grow_into_range(struct partition *partition, struct slab *slab,
			    size_t more)
{
	char *end = end_of(slab);
	struct slab *after = record_at(end);

	if (region_chunk_of(end) >= region_nr_chunks() ||
	    after->kind != SLAB_LARGE_FREE || after->bias ||
	    after->epoch != partition->epoch || slab_span(after) < more)
		return false;
	if (after->condition == GROUND_REFUNDED &&
	    !os_commit_reserved(end, more))
		return false;
	carve(partition, after, end, more);
	return true;
}

static bool grow_into_ground(struct heap *heap, struct partition *partition,
			     struct slab *slab, size_t more)
{
	struct region_asker asker = thread_asker(heap, false);
	struct ground *ground = &partition->large;

	return end_of(slab) == ground->next && ground_left(ground) >= more &&
	       ground_take(ground, more, &asker);
}

static bool resize_locked(struct heap *heap, struct partition *partition,
			  struct slab *slab, size_t size, size_t span)
{
	if (span > slab_span(slab)) {
		size_t more = span - slab_span(slab);

		if (!grow_into_range(partition, slab, more) &&
		    !grow_into_ground(heap, partition, slab, more))
			return false;
		slab->chunks = span >> CHUNK_SHIFT;
	} else if (span < slab_span(slab)) {
		char *end = region_chunk_base(slab) + span;
		size_t less = slab_span(slab) - span;

		slab->chunks = span >> CHUNK_SHIFT;
		add_dirty(partition, end, less);
	}
	layout_count_large(partition, large_usable(size) - slab->size);
	slab->size = large_usable(size);
	return true;
}

bool large_resize(struct heap *heap, struct slab *slab, size_t size)
{
	struct partition *partition = layout_partition(slab->bin);
	size_t guard = guard_of_large(slab);
	size_t usable = large_usable(size);
	size_t span = round_up(size, CHUNK_SIZE) + guard;
	bool is_moved = guard && span != slab_span(slab);
	bool done;

	if (size <= layout_usable(SMALL_MAX) ||
	    size > region.nr_blocks * BLOCK_SIZE)
		return false;
	/* What the object has no more is scrubbed before others have it. */
	if (usable < slab->size)
		scrub_pages(&layout.scrub, region_chunk_base(slab) + usable,
			    slab->size - usable, slab->size - usable);
	if (is_moved && !guard_lower_large(slab))
		return false;
	done = layout_lock_partition(partition, thread_tag(heap));
	if (done) {
		done = resize_locked(heap, partition, slab, size, span);
		lock_release(&partition->lock);
	}
	if (is_moved)
		guard_raise_large(slab);
	return done;
}

static struct slab *first_wanted(uint32_t chunk, const struct purge *purge)
{
	for (; chunk; chunk = slab_of_chunk(chunk)->next) {
		if (purge_wants(purge, slab_of_chunk(chunk)))
			return slab_of_chunk(chunk);
	}
	return NULL;
}

/*
 * One range that can be given back, off its list: out of all reach. The largest
 * first: find_range() comes to it last.
 */
static struct slab *detach(struct partition *partition, struct purge *purge)
{
	bool all = purge->refund && !purge->age;
	enum condition last = all ? GROUND_CLEAN : GROUND_DIRTY;

	for (enum condition c = GROUND_DIRTY; c <= last; c++) {
		for (unsigned int bin = NR_LARGE_BINS; bin--;) {
			struct slab *range =
				first_wanted(partition->free[c][bin], purge);

			if (!range)
				continue;
			purge_count(purge, nr_dirty_bytes(range));
			unlink_range(partition, range);
			return range;
		}
	}
	return NULL;
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

	do {
		struct slab *range;

		if (!layout_lock_partition(partition, tag))
			return;
		range = detach(partition, purge);
		lock_release(&partition->lock);
		if (!range)
			return;
		got = give_back(range, refund);
		if (!layout_lock_partition(partition, tag))
			return;
		add_range(partition, region_chunk_base(range), slab_span(range),
			  got, got == GROUND_DIRTY ? range->nr_dirty : 0);
		lock_release(&partition->lock);
	} while (got == wanted);
}

/* Free neighbours of a range that are like it have grown together with it. */
static bool is_joined(const struct partition *partition,
		      const struct slab *range)
{
	const char *end = end_of(range);

	return region_chunk_of(end) >= region_nr_chunks() ||
	       !can_join(partition, record_at(end), range->condition);
}

static void check_list(const struct partition *partition,
		       enum condition condition, unsigned int bin)
{
	uint32_t chunk = partition->free[condition][bin];

	while (chunk) {
		struct slab *range = slab_of_chunk(chunk);
		struct slab *last = record_at(end_of(range) - CHUNK_SIZE);

		if (range->kind != SLAB_LARGE_FREE ||
		    range->condition != condition ||
		    range->epoch != partition->epoch ||
		    bin_of_span(slab_span(range)) != bin ||
		    last->kind != SLAB_LARGE_FREE ||
		    (last != range && last->next != chunk))
			report_broken("free large ground");
		if (!is_joined(partition, range))
			report_broken("free large neighbours");
		chunk = range->next;
	}
}

void large_check(struct heap *heap, struct partition *partition)
{
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return;
	for (enum condition c = GROUND_DIRTY; c < NR_CONDITIONS; c++) {
		for (unsigned int bin = 0; bin < NR_LARGE_BINS; bin++)
			check_list(partition, c, bin);
	}
	lock_release(&partition->lock);
}
