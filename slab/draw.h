/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draw: takes slots of a slab in an order that nobody can foresee.
 *
 * Owns:       nothing: states and counts are the slab's.
 * Promises:   each free slot of the part in use is as likely as any other
 *             while one in eight is free; below that, a free one near a random
 *             place. Of a slab that has so many, DRAW_POOL are free to choose
 *             from once a few batches were taken.
 * Relies on:  the cache above holding its lock; @random seeded by the system's
 *             generator.
 *
 * The part in use grows by a page a batch, not at once to all of the slab: a
 * cache of few objects then touches few pages. A slot of that part which was
 * never handed out cannot be told from a freed one any more: a report about it
 * says "double free".
 */
#ifndef SLAB_DRAW_H
#define SLAB_DRAW_H

#include "slab/slab.h"

/* More than eight bits' worth; for large slots, so many bytes. */
#define DRAW_POOL  320u
#define DRAW_BYTES (20ul << 10)

/* Like slab_take_slots_locked(); what is taken becomes STOCK. */
unsigned int slab_draw_slots_locked(struct slab *slab, struct slot *out,
				    unsigned int max, uint64_t *random);

#endif /* SLAB_DRAW_H */
