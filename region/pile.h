/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pile: a stack of things in an arena, for many threads, without a lock.
 *
 * Owns:       nothing: the word that leads to what is on top is the caller's,
 *             as are the things, each of which begins with a struct pile_node.
 * Promises:   what was put on comes off once, the newest first. A signal
 *             handler may do both whatever it interrupted, and a child whatever
 *             other threads did at the fork: all else is as it was.
 * Relies on:  an arena never giving memory back. Who looks at a node that
 *             another thread took off reads what it is used for now, finds the
 *             pile changed and looks again.
 */
#ifndef REGION_PILE_H
#define REGION_PILE_H

#include "region/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Nodes begin at multiples of it in the arena: 32 bits say where. */
#define PILE_ALIGN 64ul

struct pile_node {
	uint32_t next; /* a place, as below */
};

/*
 * The place of the node on top, 0 if there is none; and in the upper half how
 * often the pile has changed: a node that went and came back between a look and
 * an exchange is not taken for one that stayed.
 */
struct pile {
	uint64_t top;
};

static inline bool pile_is_empty(const struct pile *pile)
{
	return !(uint32_t)__atomic_load_n(&pile->top, __ATOMIC_RELAXED);
}

void pile_push(struct pile *pile, const struct arena *arena,
	       struct pile_node *node);

/* NULL: there is none. */
struct pile_node *pile_pop(struct pile *pile, const struct arena *arena);

#endif /* REGION_PILE_H */
