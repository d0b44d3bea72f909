/* SPDX-License-Identifier: Apache-2.0 */
/* heap: see heap.h. */
#include "heap/heap.h"

#include "base/align.h"
#include "heap/caller.h"
#include "heap/dedicated.h"
#include "heap/grow.h"
#include "heap/hardened.h"
#include "heap/large.h"
#include "heap/nowait.h"
#include "heap/other.h"
#include "heap/place.h"
#include "heap/pocket.h"
#include "heap/purge.h"
#include "heap/supply.h"
#include "heap/trace.h"
#include "os/os.h"

#include <errno.h>
#include <string.h>

/*
 * One slot, and half a magazine for the next calls where there is one. The
 * slots are taken aside first: a signal handler may fill the bin meanwhile.
 */
static void *alloc_from(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);
	struct slot slots[MAGAZINE_BATCH];
	unsigned int left;
	int got;

	if (!magazine_is_empty(bin))
		return heap_take_from(bin);
	if (unlikely(nowait_is_unsettled()))
		nowait_settle(heap);
	grow_magazine(heap, offset);
	got = supply_take(heap, offset, slots, magazine_batch(bin));
	if (got <= 0)
		return NULL;
	left = magazine_put(bin, slots, got - 1);
	if (left)
		cache_give(cache_of_bin(offset), slots, left, thread_tag(heap));
	heap_count_alloc(heap, offset);
	__atomic_store_n(slots[got - 1].state, SLOT_LIVE, __ATOMIC_RELAXED);
	return slots[got - 1].address;
}

/* What pocket_alloc() is to be asked for; @size 0: the bin's slot is wanted. */
struct large_wish {
	size_t size;
	size_t align;
};

static void *try_in_bin(struct heap *heap, uint32_t bin,
			struct large_wish large, bool *is_zero)
{
	bool is_hardened = layout_is_hardened(bin);

	*is_zero = is_hardened && layout.scrub.zeroes;
	if (!large.size)
		return layout.is_hardened ? hardened_alloc(heap, bin)
					  : alloc_from(heap, bin);
	return pocket_alloc(heap, bin, large.size, large.align, is_zero);
}

/*
 * What others hold but do not use is refunded before the heap says that there
 * is no memory: RLIMIT_DATA and overcommit count what may be written to.
 */
static void *alloc_in_bin(struct heap *heap, uint32_t bin,
			  struct large_wish large, bool *is_zero)
{
	void *p = try_in_bin(heap, bin, large, is_zero);

	if (likely(p) || large.size > region.nr_blocks * BLOCK_SIZE)
		return p;
	thread_flush(heap);
	thread_flush_parked();
	os_spend_mappings();
	purge_all(heap, true);
	return try_in_bin(heap, bin, large, is_zero);
}

static void *alloc_in_row(struct heap *heap, unsigned int row, size_t size,
			  size_t align, bool *is_zero)
{
	struct large_wish large = { size ? size : 1, align };
	unsigned int class = NR_CLASSES;

	if (size <= layout_usable(SMALL_MAX))
		class = layout_class_for(size, align);
	if (class == NR_CLASSES)
		return alloc_in_bin(heap, bin_offset(row, CLASS_LARGE), large,
				    is_zero);
	large.size = 0;
	return alloc_in_bin(heap, bin_offset(row, class), large, is_zero);
}

static void *or_no_memory(void *p)
{
	if (unlikely(!p))
		errno = ENOMEM;
	return p;
}

/* The thread leaves the heap with @p; @site 0: of a cache that it knew. */
static void *leave_with(struct heap *heap, void *p, uintptr_t site)
{
	if (unlikely(layout.is_traced))
		trace_alloc(p, site);
	thread_leave(heap);
	return p;
}

/* An announced token is for the frame of the slow path that this is part of. */
static always_inline void *alloc_with_heap(size_t size, size_t align,
					   uint64_t token, uintptr_t site,
					   bool *is_zero)
{
	struct heap *heap;
	void *p;

	*is_zero = false;
	if (other_serves(token))
		return other_alloc(size, align);
	heap = thread_enter();
	if (!heap)
		return or_no_memory(NULL);
	token = caller_settle(heap, size, token, site);
	p = alloc_in_row(heap, layout_row(token, site), size, align, is_zero);
	return or_no_memory(leave_with(heap, p, site));
}

void *heap_alloc_rare(size_t size, uint64_t token, uintptr_t site)
{
	bool is_zero;

	return alloc_with_heap(size, 1, token, site, &is_zero);
}

/*
 * After the boot. @class_bin is the class's in a row that lies row by row, as
 * those of call sites do.
 */
static always_inline uint32_t bin_for(uint64_t token, uintptr_t site,
				      uint32_t class_bin)
{
	uint64_t nobody = layout.no_bins;
	uint64_t home;

	if (heap_knows_token(token))
		home = heap_home_of_token(token);
	else if (!layout_is_typed(token))
		return (uint32_t)(heap_home_of_site(site) - nobody) + class_bin;
	else if (!heap_is_near(token, &home))
		return bin_offset(dedicated_find(token),
				  class_bin >> BIN_SHIFT);
	return (uint32_t)(home - nobody + class_bin * layout.class_step);
}

static never_inline void *alloc_missed(uint32_t bin)
{
	return or_no_memory(heap_alloc_in_bin(bin));
}

/*
 * Hardened, what the inline heap_alloc() is to others: no call but the last.
 */
static never_inline void *alloc_hardened(size_t size, uint64_t token,
					 uintptr_t site)
{
	struct heap *heap = thread_words.hardened;
	size_t whole = size + layout.scrub.canary;
	uint32_t bin;
	void *p;

	if (size > layout_usable(SMALL_MAX) ||
	    !(heap_knows_token(token) || !layout_is_typed(token)))
		return caller_alloc(size, token, site);
	bin = bin_for(token, site, layout_class_bin(whole));
	p = hardened_take(heap, bin, class_size(class_of(whole)));
	return likely(p) ? p : alloc_missed(bin);
}

void *heap_alloc_slow(size_t size, uint64_t token, uintptr_t site)
{
	return thread_words.hardened ? alloc_hardened(size, token, site)
				     : caller_alloc(size, token, site);
}

/* The token comes for the first time, found no room near, or says nothing. */
static never_inline void *alloc_far(size_t size, uint64_t token, uintptr_t site)
{
	struct bin *bin =
		thread_bin(bin_for(token, site, layout_class_bin(size)));

	if (unlikely(magazine_is_empty(bin)))
		return heap_alloc_slow(size, token, site);
	return heap_take_from(bin);
}

/* No call but the last, as in heap_alloc_or(), which leads here. */
void *heap_alloc_odd(size_t size, uint64_t token, uintptr_t site)
{
	struct bin *bin;
	uint64_t home;

	if (size >= layout.small_end)
		return heap_alloc_slow(size, token, site);
	if (heap_knows_token(token))
		home = heap_home_of_token(token);
	else if (!heap_is_near(token, &home))
		return alloc_far(size, token, site);
	bin = thread_bin_at(home, layout_class_bin(size) * layout.class_step);
	if (unlikely(magazine_is_empty(bin)))
		return heap_alloc_slow(size, token, site);
	return heap_take_from(bin);
}

void *heap_alloc_zeroed(size_t size, uint64_t token, uintptr_t site)
{
	bool is_zero = layout.scrub.zeroes && !other_serves(token);
	void *p = size > SMALL_MAX
			  ? alloc_with_heap(size, 1, token, site, &is_zero)
		  : token ? heap_alloc(size, token, site)
			  : heap_alloc(size, 0, site);

	return p && !is_zero ? memset(p, 0, size) : p;
}

static never_inline void *alloc_aligned_slow(size_t size, size_t align,
					     uint64_t token, uintptr_t site)
{
	bool is_zero;

	return alloc_with_heap(size, align, token, site, &is_zero);
}

void *heap_alloc_aligned(size_t size, size_t align, uint64_t token,
			 uintptr_t site)
{
	unsigned int class = class_of_aligned(size, align);
	struct bin *bin;

	/* Zero before the boot: no size is below. */
	if (likely(size < layout.small_end && class < NR_CLASSES)) {
		bin = thread_bin(bin_for(token, site, class << BIN_SHIFT));
		if (likely(!magazine_is_empty(bin)))
			return heap_take_from(bin);
	}
	return alloc_aligned_slow(size, align, token, site);
}

void *heap_alloc_in_bin(uint32_t bin)
{
	const struct large_wish none = { 0, 0 };
	struct heap *heap = thread_enter();
	bool is_zero;

	if (!heap)
		return NULL;
	return leave_with(heap, alloc_in_bin(heap, bin, none, &is_zero), 0);
}

void *heap_alloc_large(uint32_t bin, size_t size, size_t align, bool *is_zero)
{
	const struct large_wish large = { size, align };
	struct heap *heap = thread_enter();

	if (!heap)
		return NULL;
	return leave_with(heap, alloc_in_bin(heap, bin, large, is_zero), 0);
}

/* Older slots go home: the newer ones are warm. */
static void flush_half(struct heap *heap, struct bin *bin, uint32_t offset)
{
	unsigned int nr = magazine_count(bin) / 2;
	size_t rest = magazine_count(bin) - nr;

	cache_give(cache_of_bin(offset), bin->base, nr, thread_tag(heap));
	memmove(bin->base, bin->base + nr, rest * sizeof(*bin->base));
	bin->top = bin->base + rest;
	magazine_note_full(bin);
	purge_idle(heap);
}

static void free_small(struct heap *heap, uint32_t offset, void *p,
		       uint8_t *state)
{
	struct bin *bin = heap_bin(heap, offset);
	struct slot slot = { p, state };

	if (magazine_is_full(bin) && !grow_magazine(heap, offset)) {
		if (!bin->base)
			return cache_give(cache_of_bin(offset), &slot, 1,
					  thread_tag(heap));
		flush_half(heap, bin, offset);
		if (unlikely(nowait_is_unsettled()))
			nowait_settle(heap);
	}
	magazine_push(bin, p, state);
}

/* For a thread that has no heap, and no memory for one. */
static void free_without_heap(struct slab *slab, void *p, uint8_t *state)
{
	if (slab->kind != SLAB_LARGE || !large_free(NULL, slab))
		nowait_free(slab, p, state);
}

static never_inline void free_rare(struct slab *slab, void *p, uint8_t *state)
{
	struct heap *heap = thread_enter();

	if (!heap)
		return free_without_heap(slab, p, state);
	if (unlikely(layout.is_traced))
		trace_free(p);
	if (slab->kind == SLAB_LARGE) {
		pocket_free(heap, slab);
		purge_idle(heap);
	} else if (layout.is_hardened) {
		if (hardened_free(heap, slab, p, state))
			purge_idle(heap);
	} else {
		free_small(heap, bin_of_slab(slab), p, state);
	}
	thread_leave(heap);
}

void heap_free_full(void *p, struct slab *slab, uint8_t *state)
{
	struct heap *heap = thread_words.hardened;

	if (heap && slab->kind == SLAB_SMALL &&
	    !layout_is_named(bin_of_slab(slab)) &&
	    hardened_push(heap, slab, p, state))
		return;
	free_rare(slab, p, state);
}

begins_line void heap_free_shared(void *p, struct slab *slab, uint8_t *state)
{
	if (unlikely(!heap_claim(state)))
		return heap_free_odd(p);
	heap_keep(p, slab, state);
}

void heap_free_odd(void *p)
{
	struct place place;

	if (!p)
		return;
	/* The first call may be a fault; compat is known after the boot. */
	heap_boot();
	place = place_find(untagged(p));
	if (untagged(p) != p && place.kind == PLACE_LIVE)
		return heap_free(untagged(p));
	place.facts.address = p;
	place_report(&place, ACT_FREE);
}

/*
 * The slab of the live slot that begins at @p; or NULL, and it was reported if
 * @p is not NULL.
 */
static never_inline struct slab *find_odd(const void *p, enum report_act act)
{
	struct place place;

	if (!p)
		return NULL;
	place = place_find(untagged(p));
	if (place.kind == PLACE_LIVE)
		return place.slab;
	heap_boot();
	place.facts.address = p;
	place_report(&place, act);
	return NULL;
}

/* The same for nearly every @p; NULL: find_odd() knows. */
static always_inline struct slab *find_live(const void *p)
{
	struct slab *slab;
	uint8_t *state;

	if (unlikely(!region_holds(p)))
		return NULL;
	slab = slab_of_address(p);
	if (unlikely(!slab_find_state(slab, p, &state) ||
		     __atomic_load_n(state, __ATOMIC_RELAXED) != SLOT_LIVE))
		return NULL;
	return slab;
}

static size_t usable_of(const struct slab *slab)
{
	return layout_is_hardened(bin_of_slab(slab)) && slab->kind == SLAB_SMALL
		       ? layout_usable(slab->size)
		       : slab->size;
}

static never_inline size_t usable_odd(const void *p, enum report_act act)
{
	const struct slab *slab = find_odd(p, act);

	return slab ? usable_of(slab) : 0;
}

size_t heap_usable_size(const void *p, enum report_act act)
{
	const struct slab *slab = find_live(p);

	return likely(slab) ? usable_of(slab) : usable_odd(p, act);
}

/* The row a block moves to, or stays in. */
static unsigned int realloc_row(const struct slab *slab, uint64_t token,
				uintptr_t site)
{
	if (!layout_is_typed(token) && !layout_is_named(bin_of_slab(slab)))
		return row_of_slab(slab);
	return layout_row(token, site);
}

/* Claimed meanwhile: who frees it at that moment must not find it whole. */
static bool resize_large(struct heap *heap, struct slab *slab, size_t size)
{
	bool done;

	if (!heap_claim(&slab->large_state)) {
		find_odd(region_chunk_base(slab), ACT_REALLOC);
		return false;
	}
	done = large_resize(heap, slab, size);
	__atomic_store_n(&slab->large_state, SLOT_LIVE, __ATOMIC_RELEASE);
	return done;
}

/*
 * True if the block can be @size bytes where it lies. Never in a slot of
 * another class: free_sized() goes by the class of the last size asked for.
 */
static bool resize_in_place(struct heap *heap, struct slab *slab, size_t size)
{
	if (slab->kind == SLAB_LARGE)
		return resize_large(heap, slab, size);
	return size <= layout_usable(SMALL_MAX) &&
	       class_size(layout_class_for(size, 1)) == slab->size;
}

void *heap_realloc(void *p, size_t size, uint64_t token, uintptr_t site)
{
	struct heap *heap;
	struct slab *slab;
	unsigned int row;
	bool is_zero;
	void *moved;

	if (other_serves(token))
		return other_realloc(p, size);
	if (!p)
		return heap_alloc(size, token, site);
	if (!size) {
		heap_free(p);
		return NULL;
	}
	slab = find_live(p);
	if (!slab)
		slab = find_odd(p, ACT_REALLOC);
	if (!slab) {
		errno = EINVAL;
		return NULL;
	}
	heap = thread_enter();
	if (!heap)
		return or_no_memory(NULL);
	token = caller_settle(heap, size, token, site);
	row = realloc_row(slab, token, site);
	if (row == row_of_slab(slab) && resize_in_place(heap, slab, size))
		return leave_with(heap, p, site);
	moved = alloc_in_row(heap, row, size, 1, &is_zero);
	leave_with(heap, moved, site);
	if (!moved)
		return or_no_memory(NULL);
	memcpy(moved, untagged(p), size_min(size, usable_of(slab)));
	heap_free(p);
	return moved;
}

void heap_free_sized_odd(void *p, size_t size, size_t align)
{
	if (place_check_size(p, size, align))
		heap_free(p);
}
