/* SPDX-License-Identifier: Apache-2.0 */
/* ranges: see ranges.h. */
#include "heap/ranges.h"

#include "base/align.h"
#include "os/os.h"
#include "report/report.h"

/* How many ranges of a bin are looked at. */
#define FIT_TRIES 32

static unsigned int bin_of_span(size_t span)
{
	return 63 - __builtin_clzl(span >> CHUNK_SHIFT);
}

static uint32_t *list_of(struct partition *partition, const struct slab *range)
{
	return &partition
			->free[range->condition][bin_of_span(slab_span(range))];
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
	slab_of_address(slab_end(range) - CHUNK_SIZE)->kind = SLAB_NONE;
	range->kind = SLAB_NONE;
}

/*
 * Writes both boundary tags and puts the range on its list. The last record's
 * bias is 1 and its next the first one; a range of one chunk has only a first.
 */
static void link_range(struct partition *partition, char *start, size_t span,
		       enum condition condition, uint32_t nr_dirty)
{
	struct slab *range = slab_of_address(start);
	struct slab *last = slab_of_address(start + span - CHUNK_SIZE);
	uint32_t *list;

	last->kind = SLAB_LARGE_FREE;
	last->reciprocal = 0;
	last->nr_slots = 0;
	last->bias = last != range;
	last->next = slab_chunk(range);
	last->epoch = partition->epoch;
	last->condition = (uint8_t)condition;
	range->kind = SLAB_LARGE_FREE;
	range->reciprocal = 0;
	range->nr_slots = 0;
	range->bias = 0;
	range->epoch = partition->epoch;
	range->condition = (uint8_t)condition;
	range->chunks = region_chunks_in(span);
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

void ranges_add(struct partition *partition, char *start, size_t span,
		enum condition condition, uint32_t nr_dirty)
{
	struct slab *before = slab_of_address(start - CHUNK_SIZE);
	struct slab *after = slab_of_address(start + span);

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
	if (region_holds(start + span) &&
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

/* The smallest of those looked at, so that what is large stays so. */
static struct slab *best_fit(uint32_t chunk, size_t span)
{
	struct slab *best = NULL;

	for (int tries = FIT_TRIES; chunk && tries; tries--) {
		struct slab *range = slab_of_chunk(chunk);

		if (slab_span(range) >= span &&
		    (!best || range->chunks < best->chunks))
			best = range;
		chunk = range->next;
	}
	return best;
}

static struct slab *find_range(const uint32_t *lists, size_t span)
{
	unsigned int bin = bin_of_span(span);
	struct slab *range = best_fit(lists[bin], span);

	while (!range && ++bin < NR_LARGE_BINS)
		range = best_fit(lists[bin], span);
	return range;
}

/* A part of a range is as dirty as all of it. */
static uint32_t dirty_share(const struct slab *range, size_t span)
{
	uint64_t chunks = span >> CHUNK_SHIFT;

	return (uint32_t)((chunks * range->nr_dirty + range->chunks - 1) /
			  range->chunks);
}

/* Takes [start, start + span) out of a free range that holds it. */
static void carve(struct partition *partition, struct slab *range, char *start,
		  size_t span)
{
	char *from = region_chunk_base(range);
	char *rest = start + span;
	size_t nr_rest = slab_end(range) - rest;
	uint32_t dirty = dirty_share(range, start - from);
	uint32_t dirty_rest = dirty_share(range, nr_rest);
	enum condition condition = range->condition;

	unlink_range(partition, range);
	if (start > from)
		link_range(partition, from, start - from, condition, dirty);
	if (nr_rest)
		link_range(partition, rest, nr_rest, condition, dirty_rest);
}

char *ranges_take(struct partition *partition, size_t span, size_t align,
		  bool *is_zero)
{
	size_t wanted = span + align - region_grain();
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

bool ranges_take_at(struct partition *partition, char *start, size_t span)
{
	struct slab *range = slab_of_address(start);

	if (!region_holds(start) || range->kind != SLAB_LARGE_FREE ||
	    range->bias || range->epoch != partition->epoch ||
	    slab_span(range) < span)
		return false;
	if (range->condition == GROUND_REFUNDED &&
	    !os_commit_reserved(start, span))
		return false;
	carve(partition, range, start, span);
	return true;
}

static struct slab *first_wanted(uint32_t chunk, const struct purge *purge)
{
	for (; chunk; chunk = slab_of_chunk(chunk)->next) {
		if (purge_wants(purge, slab_of_chunk(chunk)))
			return slab_of_chunk(chunk);
	}
	return NULL;
}

struct slab *ranges_take_idle(struct partition *partition, struct purge *purge)
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

/* Free neighbours of a range that are like it have grown together with it. */
static bool is_joined(const struct partition *partition,
		      const struct slab *range)
{
	const char *end = slab_end(range);

	return !region_holds(end) ||
	       !can_join(partition, slab_of_address(end), range->condition);
}

static void check_list(const struct partition *partition,
		       enum condition condition, unsigned int bin)
{
	uint32_t chunk = partition->free[condition][bin];

	while (chunk) {
		struct slab *range = slab_of_chunk(chunk);
		struct slab *last =
			slab_of_address(slab_end(range) - CHUNK_SIZE);

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

void ranges_check(const struct partition *partition)
{
	for (enum condition c = GROUND_DIRTY; c < NR_CONDITIONS; c++) {
		for (unsigned int bin = 0; bin < NR_LARGE_BINS; bin++)
			check_list(partition, c, bin);
	}
}
