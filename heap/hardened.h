/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hardened: malloc and free of a slot where parts of the profile are on.
 *
 * Owns:       nothing.
 * Promises:   what scrub.h and hold.h say of a slot, at each end of its life.
 *             The default profile never comes here: a hardened thread's fast
 *             paths stay diverted, and the slow ones ask once.
 * Relies on:  the caller having claimed the slot that is freed.
 */
#ifndef HEAP_HARDENED_H
#define HEAP_HARDENED_H

#include "heap/thread.h"

/* A slot of the bin at @offset; NULL: no memory. */
void *hardened_alloc(struct heap *heap, uint32_t offset);

/* True if slots went home to their slabs. */
bool hardened_free(struct heap *heap, const struct slab *slab, void *p,
		   uint8_t *state);

/* Once in so many allocations it is asked whether a wider pool is worth it. */
static inline bool hardened_is_due(const struct bin *bin)
{
	return !(bin->nr_allocs & 255);
}

/*
 * What is enough most of the time, and calls nothing first: a slot of those
 * that are ready, or NULL; a whole slot in line, or false; then nothing was
 * done. Not for named caches. @size: of the bin's slots.
 */
static always_inline void *hardened_take(struct heap *heap, uint32_t offset,
					 size_t size)
{
	struct bin *bin = heap_bin(heap, offset);
	uint64_t random = heap->random;
	struct slot slot;

	if (unlikely(!hold_is_open(heap_hold(heap, offset), bin) ||
		     hardened_is_due(bin) || !thread_random_is_own(heap)))
		return NULL;
	slot = *hold_next(bin, layout.draws);
	if (unlikely(!scrub_is_clean(&layout.scrub, slot.address, size)))
		return NULL;
	hold_advance(bin, layout.draws ? &random : NULL);
	heap->random = random;
	bin->nr_allocs++;
	scrub_sign(&layout.scrub, slot.address, size);
	/* Pairs with scrub_check_all(): who sees LIVE sees the canary. */
	__atomic_store_n(slot.state, SLOT_LIVE, __ATOMIC_RELEASE);
	return slot.address;
}

static always_inline bool hardened_push(struct heap *heap,
					const struct slab *slab, void *p,
					uint8_t *state)
{
	uint32_t offset = bin_of_slab(slab);
	struct bin *bin = heap_bin(heap, offset);
	struct hold *hold = heap_hold(heap, offset);
	struct slot slot = { p, state };

	if (unlikely(hold_is_full(hold, bin) || hold_is_filling(hold) ||
		     !scrub_is_whole(&layout.scrub, p, slab->size)))
		return false;
	hold_push(hold, bin, slot);
	/* Last, as for what is large it is a call. */
	scrub_erase(&layout.scrub, p, slab->size);
	return true;
}

#endif /* HEAP_HARDENED_H */
