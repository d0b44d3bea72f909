/* SPDX-License-Identifier: Apache-2.0 */
/* pocket: see pocket.h. */
#include "heap/pocket.h"

#include "heap/guard.h"
#include "heap/nowait.h"

/*
 * A size in a row, and how often it was asked for again after a free, as long
 * as it is among the last that were freed.
 */
#define TIMES_ENOUGH 4u
#define TIMES_MASK   7u

static uint64_t size_in(uint32_t bin, size_t usable)
{
	return (uint64_t)usable << 32 | bin;
}

static uint64_t *find_size(struct pocket *pocket, uint64_t size)
{
	for (unsigned int i = 0; i < POCKET_SIZES; i++) {
		if ((pocket->sizes[i] ^ size) <= TIMES_MASK)
			return &pocket->sizes[i];
	}
	return NULL;
}

/* There is none in the pocket. */
static void note_asked(struct pocket *pocket, uint32_t bin, size_t usable)
{
	uint64_t *at = find_size(pocket, size_in(bin, usable));

	if (at && (*at & TIMES_MASK) < TIMES_ENOUGH)
		++*at;
}

/* It comes first now; whether it is asked for again, as far as we know. */
static bool note_freed(struct pocket *pocket, const struct slab *slab)
{
	uint64_t size = size_in(bin_of_slab(slab), slab->size);
	uint64_t *at = find_size(pocket, size);

	if (at)
		size = *at;
	else
		at = &pocket->sizes[POCKET_SIZES - 1];
	for (; at > pocket->sizes; at--)
		*at = at[-1];
	*at = size;
	return (size & TIMES_MASK) >= TIMES_ENOUGH;
}

static bool is_for_pockets(const struct slab *slab)
{
	return !layout.is_hardened && !guard_of_large(slab) &&
	       slab_span(slab) <= POCKET_SPAN_MAX;
}

/* What lies in the place, if it is still there. */
static bool take_out(struct slab **place, struct slab *slab)
{
	return slab &&
	       __atomic_compare_exchange_n(place, &slab, NULL, false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static bool fits(const struct slab *slab, uint32_t bin, size_t usable,
		 size_t align)
{
	uintptr_t start = (uintptr_t)region_chunk_base(slab);

	return bin_of_slab(slab) == bin && slab->size == usable &&
	       !(start & (align - 1));
}

static struct slab *find(struct heap *heap, uint32_t bin, size_t usable,
			 size_t align)
{
	for (unsigned int i = 0; i < POCKET_PLACES; i++) {
		struct slab **place = &heap->pocket.slabs[i];
		struct slab *slab = __atomic_load_n(place, __ATOMIC_RELAXED);

		if (!slab || !fits(slab, bin, usable, align) ||
		    !take_out(place, slab))
			continue;
		/* A handler may have had it meanwhile, and resized it. */
		if (likely(fits(slab, bin, usable, align)))
			return slab;
		pocket_free(heap, slab);
	}
	return NULL;
}

void *pocket_alloc(struct heap *heap, uint32_t bin, size_t size, size_t align,
		   bool *is_zero)
{
	size_t usable = size <= POCKET_SPAN_MAX ? large_usable(size) : 0;
	struct slab *slab = usable ? find(heap, bin, usable, align) : NULL;

	if (!slab) {
		if (unlikely(nowait_is_unsettled()))
			nowait_settle(heap);
		note_asked(&heap->pocket, bin, usable);
		return large_alloc(heap, bin, size, align, is_zero);
	}
	*is_zero = false;
	heap_count_alloc(heap, bin);
	__atomic_store_n(&slab->large_state, SLOT_LIVE, __ATOMIC_RELAXED);
	return region_chunk_base(slab);
}

static void free_now(struct heap *heap, struct slab *slab)
{
	if (!large_free(heap, slab))
		nowait_free(slab, region_chunk_base(slab), &slab->large_state);
}

void pocket_free(struct heap *heap, struct slab *slab)
{
	if (!is_for_pockets(slab) || !note_freed(&heap->pocket, slab))
		return free_now(heap, slab);
	/* The newest lies first; who lay last has no place any more. */
	for (unsigned int i = 0; i < POCKET_PLACES && slab; i++)
		slab = __atomic_exchange_n(&heap->pocket.slabs[i], slab,
					   __ATOMIC_RELAXED);
	if (slab)
		free_now(heap, slab);
}

void pocket_flush(struct heap *heap)
{
	for (unsigned int i = 0; i < POCKET_PLACES; i++) {
		struct slab *slab = __atomic_exchange_n(&heap->pocket.slabs[i],
							NULL, __ATOMIC_RELAXED);

		if (slab)
			free_now(heap, slab);
	}
}

struct pocket_sum pocket_sum(const struct partition *partition)
{
	const struct heap *heap =
		__atomic_load_n(&thread_heaps, __ATOMIC_ACQUIRE);
	struct pocket_sum sum = { 0 };

	for (; heap; heap = heap->next_of_all) {
		for (unsigned int i = 0; i < POCKET_PLACES; i++) {
			const struct slab *slab = __atomic_load_n(
				&heap->pocket.slabs[i], __ATOMIC_RELAXED);

			if (!slab ||
			    layout_partition(bin_of_slab(slab)) != partition)
				continue;
			sum.nr++;
			sum.bytes += slab->size;
		}
	}
	return sum;
}
