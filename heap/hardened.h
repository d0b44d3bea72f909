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

/*
 * What is enough most of the time, and calls nothing: a clean slot that lies
 * ready, or NULL; a whole slot that may wait, or false and nothing was done.
 */
static always_inline void *hardened_take(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);
	size_t size = class_size(class_of_bin(offset));
	struct slot slot;

	if (unlikely(magazine_count(bin) == *heap_held(heap, offset)))
		return NULL;
	slot = bin->top[-1];
	/* The next one, which lies anywhere. */
	__builtin_prefetch(bin->top[-2].address, 1);
	__builtin_prefetch(bin->top[-2].state, 1);
	if (unlikely(!scrub_is_clean(&layout.scrub, slot.address, size)))
		return NULL;
	bin->top--;
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
	struct bin *bin = heap_bin(heap, slab->bin);
	uint16_t *held = heap_held(heap, slab->bin);
	struct slot slot = { p, state };

	if (unlikely(hold_is_full(bin, &layout.holds[class_of_bin(slab->bin)],
				  *held) ||
		     slab->size > ZERO_AT_HAND ||
		     !scrub_is_whole(&layout.scrub, p, slab->size)))
		return false;
	scrub_erase(&layout.scrub, p, slab->size);
	hold_push(bin, held, slot);
	return true;
}

#endif /* HEAP_HARDENED_H */
