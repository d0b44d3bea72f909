/* SPDX-License-Identifier: Apache-2.0 */
/* large: see large.h. */
#include "heap/large.h"

#include "base/align.h"
#include "os/os.h"
#include "report/report.h"

/* How many ranges of the smallest bin that may fit are looked at. */
#define FIT_TRIES 8

static size_t idle_bytes;

size_t large_idle_bytes(void)
{
	return __atomic_load_n(&idle_bytes, __ATOMIC_RELAXED);
}

size_t large_usable(size_t size)
{
	return round_up(size, os_page_size());
}

static unsigned int bin_of_span(size_t span)
{
	return 63 - __builtin_clzl(span >> CHUNK_SHIFT);
}

static uint32_t *list_of(struct partition *partition, const struct slab *range)
{
	unsigned int bin = bin_of_span(range->span);

	return range->is_dirty ? &partition->free_dirty[bin] :
				 &partition->free_clean[bin];
}

static struct slab *record_at(const void *address)
{
	return slab_of_chunk(region_chunk_of(address));
}

static char *end_of(const struct slab *span)
{
	return region_chunk_base(span) + span->span;
}

static void unlink_range(struct partition *partition, struct slab *range)
{
	if (range->prev)
		slab_of_chunk(range->prev)->next = range->next;
	else
		*list_of(partition, range) = range->next;
	if (range->next)
		slab_of_chunk(range->next)->prev = range->prev;
	if (range->is_dirty)
		__atomic_fetch_sub(&idle_bytes, range->span, __ATOMIC_RELAXED);
	record_at(end_of(range) - CHUNK_SIZE)->kind = SLAB_NONE;
	range->kind = SLAB_NONE;
}

/*
 * Writes both boundary tags and puts the range on its list. The last record's
 * bias is 1 and its next the first one; a range of one chunk has only a first.
 */
static void link_range(struct partition *partition, char *start, size_t span,
		       bool is_dirty)
{
	struct slab *range = record_at(start);
	struct slab *last = record_at(start + span - CHUNK_SIZE);
	uint32_t *list;

	last->kind = SLAB_LARGE_FREE;
	last->nr_slots = 0;
	last->bias = last != range;
	last->next = slab_chunk(range);
	last->epoch = partition->epoch;
	last->is_dirty = is_dirty;
	range->kind = SLAB_LARGE_FREE;
	range->nr_slots = 0;
	range->bias = 0;
	range->epoch = partition->epoch;
	range->is_dirty = is_dirty;
	range->span = span;
	if (is_dirty)
		__atomic_fetch_add(&idle_bytes, span, __ATOMIC_RELAXED);
	list = list_of(partition, range);
	range->prev = 0;
	range->next = *list;
	if (*list)
		slab_of_chunk(*list)->prev = slab_chunk(range);
	*list = slab_chunk(range);
}

static bool can_join(const struct partition *partition,
		     const struct slab *neighbour, bool is_dirty)
{
	return neighbour->kind == SLAB_LARGE_FREE &&
	       neighbour->epoch == partition->epoch &&
	       neighbour->is_dirty == is_dirty;
}

/* Adds free ground, grown together with its neighbours of the same kind. */
static void add_range(struct partition *partition, char *start, size_t span,
		      bool is_dirty)
{
	struct slab *before = record_at(start - CHUNK_SIZE);
	struct slab *after = record_at(start + span);

	/* The chunk before an extent is unmapped ground: its kind is NONE. */
	if (can_join(partition, before, is_dirty)) {
		struct slab *range = before->bias ?
					     slab_of_chunk(before->next) :
					     before;

		unlink_range(partition, range);
		span += range->span;
		start = region_chunk_base(range);
	}
	if (region_chunk_of(start + span) < region.nr_chunks &&
	    can_join(partition, after, is_dirty)) {
		size_t more = after->span;

		unlink_range(partition, after);
		span += more;
	}
	link_range(partition, start, span, is_dirty);
}

static struct slab *first_fit(uint32_t chunk, size_t span, int tries)
{
	for (; chunk && tries; tries--) {
		struct slab *range = slab_of_chunk(chunk);

		if (range->span >= span)
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

/* Takes [start, start + span) out of a free range that holds it. */
static void carve(struct partition *partition, struct slab *range, char *start,
		  size_t span)
{
	char *from = region_chunk_base(range);
	char *to = end_of(range);
	bool is_dirty = range->is_dirty;

	unlink_range(partition, range);
	if (start > from)
		link_range(partition, from, start - from, is_dirty);
	if (to > start + span)
		link_range(partition, start + span, to - (start + span),
			   is_dirty);
}

static char *take_free(struct partition *partition, size_t span, size_t align,
		       bool *is_zero)
{
	size_t wanted = align > CHUNK_SIZE ? span + align - CHUNK_SIZE : span;
	struct slab *range = find_range(partition->free_dirty, wanted);
	char *start;

	if (!range)
		range = find_range(partition->free_clean, wanted);
	if (!range)
		return NULL;
	*is_zero = !range->is_dirty;
	start = (char *)round_up((uintptr_t)region_chunk_base(range), align);
	carve(partition, range, start, span);
	return start;
}

static char *take_ground(struct heap *heap, struct partition *partition,
			 size_t span, size_t align)
{
	size_t wanted = align > CHUNK_SIZE ? span + align - CHUNK_SIZE : span;
	char *got = ground_take(&partition->large, wanted, thread_random(heap),
				thread_tag(heap));
	char *start = (char *)round_up((uintptr_t)got, align);

	if (!got)
		return NULL;
	if (start > got)
		add_range(partition, got, start - got, false);
	if (got + wanted > start + span)
		add_range(partition, start + span, got + wanted - start - span,
			  false);
	return start;
}

static void begin_life(unsigned int row, char *start, size_t size, size_t span)
{
	struct partition *partition = &layout.partitions[row];
	struct slab *slab = record_at(start);

	slab->inverse = 1;
	slab->shift = 0;
	slab->bias = 0;
	slab->kind = SLAB_LARGE;
	slab->bin = bin_offset(row, CLASS_LARGE);
	slab->states = &slab->large_state;
	slab->size = large_usable(size);
	slab->span = span;
	slab->epoch = partition->epoch;
	__atomic_store_n(&slab->large_state, SLOT_LIVE, __ATOMIC_RELAXED);
	__atomic_store_n(&slab->nr_slots, 1, __ATOMIC_RELEASE);
	partition->nr_large++;
	partition->nr_large_allocs++;
	partition->large_bytes += slab->size;
}

void *large_alloc(struct heap *heap, unsigned int row, size_t size,
		  size_t align, bool *is_zero)
{
	struct partition *partition = &layout.partitions[row];
	size_t most = region.nr_blocks * BLOCK_SIZE;
	size_t span;
	char *start;

	align = size_max(align, CHUNK_SIZE);
	if (size > most || align > most)
		return NULL;
	span = round_up(size_max(size, 1), CHUNK_SIZE);
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return NULL;
	*is_zero = true;
	start = take_free(partition, span, align, is_zero);
	if (!start)
		start = take_ground(heap, partition, span, align);
	if (start)
		begin_life(row, start, size, span);
	lock_release(&partition->lock);
	return start;
}

void large_free(struct heap *heap, struct slab *slab)
{
	struct partition *partition = &layout.partitions[row_of_bin(slab->bin)];

	if (!layout_lock_partition(partition, thread_tag(heap)))
		return;
	partition->nr_large--;
	partition->large_bytes -= slab->size;
	slab->nr_slots = 0;
	slab->kind = SLAB_NONE;
	add_range(partition, region_chunk_base(slab), slab->span, true);
	lock_release(&partition->lock);
}

static bool grow_into_range(struct partition *partition, struct slab *slab,
			    size_t more)
{
	char *end = end_of(slab);
	struct slab *after = record_at(end);

	if (region_chunk_of(end) >= region.nr_chunks ||
	    after->kind != SLAB_LARGE_FREE || after->bias ||
	    after->epoch != partition->epoch || after->span < more)
		return false;
	carve(partition, after, end, more);
	return true;
}

static bool grow_into_ground(struct heap *heap, struct partition *partition,
			     struct slab *slab, size_t more)
{
	struct ground *ground = &partition->large;

	return end_of(slab) == ground->next && ground_left(ground) >= more &&
	       ground_take(ground, more, thread_random(heap), thread_tag(heap));
}

static bool resize_locked(struct heap *heap, struct partition *partition,
			  struct slab *slab, size_t size)
{
	size_t span = round_up(size, CHUNK_SIZE);

	if (span > slab->span) {
		size_t more = span - slab->span;

		if (!grow_into_range(partition, slab, more) &&
		    !grow_into_ground(heap, partition, slab, more))
			return false;
		slab->span = span;
	} else if (span < slab->span) {
		char *end = region_chunk_base(slab) + span;
		size_t less = slab->span - span;

		slab->span = span;
		add_range(partition, end, less, true);
	}
	partition->large_bytes += large_usable(size) - slab->size;
	slab->size = large_usable(size);
	return true;
}

bool large_resize(struct heap *heap, struct slab *slab, size_t size)
{
	struct partition *partition = &layout.partitions[row_of_bin(slab->bin)];
	bool done;

	if (size <= SMALL_MAX || size > region.nr_blocks * BLOCK_SIZE)
		return false;
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return false;
	done = resize_locked(heap, partition, slab, size);
	lock_release(&partition->lock);
	return done;
}

/* One dirty range, off its list: nobody else can reach it. */
static struct slab *detach_dirty(struct partition *partition)
{
	for (unsigned int bin = 0; bin < NR_LARGE_BINS; bin++) {
		if (partition->free_dirty[bin]) {
			struct slab *range;

			range = slab_of_chunk(partition->free_dirty[bin]);
			unlink_range(partition, range);
			return range;
		}
	}
	return NULL;
}

void large_purge(struct heap *heap, struct partition *partition)
{
	uint32_t tag = thread_tag(heap);

	for (;;) {
		struct slab *range;
		bool purged;

		if (!layout_lock_partition(partition, tag))
			return;
		range = detach_dirty(partition);
		lock_release(&partition->lock);
		if (!range)
			return;
		purged = os_purge(region_chunk_base(range), range->span);
		if (!layout_lock_partition(partition, tag))
			return;
		add_range(partition, region_chunk_base(range), range->span,
			  !purged);
		lock_release(&partition->lock);
		if (!purged)
			return;
	}
}

static void check_lists(const uint32_t *lists, bool is_dirty)
{
	for (unsigned int bin = 0; bin < NR_LARGE_BINS; bin++) {
		for (uint32_t chunk = lists[bin]; chunk;) {
			struct slab *range = slab_of_chunk(chunk);
			char *end = end_of(range);
			struct slab *last = record_at(end - CHUNK_SIZE);

			if (range->kind != SLAB_LARGE_FREE ||
			    range->is_dirty != is_dirty ||
			    bin_of_span(range->span) != bin ||
			    last->kind != SLAB_LARGE_FREE ||
			    (last != range && last->next != chunk))
				report_broken("free large ground");
			chunk = range->next;
		}
	}
}

void large_check(struct heap *heap, struct partition *partition)
{
	if (!layout_lock_partition(partition, thread_tag(heap)))
		return;
	check_lists(partition->free_dirty, true);
	check_lists(partition->free_clean, false);
	lock_release(&partition->lock);
}
