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

/* A slot that lies ready in the bin at @offset; NULL: none does. */
void *hardened_take(struct heap *heap, uint32_t offset);

/* The same, and fetches more where none does; NULL: no memory. */
void *hardened_alloc(struct heap *heap, uint32_t offset);

/* True if slots went home to their slabs. */
bool hardened_free(struct heap *heap, const struct slab *slab, void *p,
		   uint8_t *state);

#endif /* HEAP_HARDENED_H */
