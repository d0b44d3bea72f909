/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold: the slots of a magazine that were freed and wait.
 *
 * Owns:       the first part of each magazine: slots from base on, the oldest
 *             first; behind them lie the slots that malloc may take.
 * Promises:   a slot that was freed is not taken by the thread again before it
 *             went back to its slab; that is after as many further frees of
 *             its cache as the rule says, and as many more as chance decides.
 *             When the thread ends or memory is short all go back at once.
 * Relies on:  one thread alone using the bin.
 * Invariant:  held <= top - base; held <= most, after hold_is_full() was asked.
 *
 *	base [oldest ... | drawn from at random ...][ready ...] top
 *	      <- first -> <--- up to most ---------> <- batch ->
 */
#ifndef HEAP_HOLD_H
#define HEAP_HOLD_H

#include "cache/magazine.h"
#include "policy/size_class.h"

struct options;

/* Of one size class, in slots. */
struct hold_rule {
	uint16_t batch; /* go home at once, and come from there */
	uint16_t first; /* that are in order: a batch and reuse_after */
	uint16_t most;	/* that wait */
	uint16_t slots; /* of the magazine, at most: a power of two */
};

void hold_init(struct hold_rule *rules, const struct options *options);

/* True if some must go home before another may come. */
static inline bool hold_is_full(const struct bin *bin,
				const struct hold_rule *rule, unsigned int held)
{
	return held >= rule->most || magazine_is_full(bin);
}

/* The newest one becomes the last in line. */
static inline void hold_push(struct bin *bin, uint16_t *held, struct slot slot)
{
	/* Where the first ready one was; they have no order. */
	*bin->top++ = bin->base[*held];
	bin->base[(*held)++] = slot;
}

/*
 * The oldest @nr have gone home, and as many of those who wait at random, if
 * they are so many, join the line.
 */
void hold_drop(struct bin *bin, const struct hold_rule *rule, uint16_t *held,
	       unsigned int nr, uint64_t *random);

#endif /* HEAP_HOLD_H */
