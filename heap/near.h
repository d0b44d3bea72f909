/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near: where the rows of tokens begin that no pure map knows, for malloc.
 *
 * Owns:       a table of NR_NEAR sets, in memory it is given; write-once.
 * Promises:   what was put for a token is found by that token alone: its set
 *             says the lower bits, and the entry all others. What was put
 *             first stays.
 * Relies on:  one value a token.
 *
 * The roster knows all tokens, by three loads that wait for each other. Of a
 * thousand tokens ten or so find both ways of their set taken.
 */
#ifndef HEAP_NEAR_H
#define HEAP_NEAR_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>

#define NEAR_BITS 12
#define NR_NEAR	  (1u << NEAR_BITS)

/* A token with its value in place of the lower bits; 0: nobody's yet. */
struct near {
	uint64_t ways[2];
};

/* Values are 1 to this. */
#define NEAR_MAX (NR_NEAR - 1)

/* The value that was put for @token; 0: none was. */
static always_inline uint32_t near_find(const struct near *table,
					uint64_t token)
{
	const struct near *near = &table[token % NR_NEAR];
	uint64_t way = __atomic_load_n(&near->ways[0], __ATOMIC_RELAXED);

	if (unlikely((way ^ token) > NEAR_MAX))
		way = __atomic_load_n(&near->ways[1], __ATOMIC_RELAXED);
	if (unlikely((way ^ token) > NEAR_MAX))
		return 0;
	return way & NEAR_MAX;
}

static inline void near_put(struct near *table, uint64_t token, uint32_t value)
{
	uint64_t *ways = table[token % NR_NEAR].ways;
	uint64_t way = (token & ~(uint64_t)NEAR_MAX) | value;

	for (int i = 0; i < 2; i++) {
		uint64_t there = __atomic_load_n(&ways[i], __ATOMIC_RELAXED);

		/* An exchange that is bound to fail takes as long as others. */
		if (!there)
			__atomic_compare_exchange_n(&ways[i], &there, way,
						    false, __ATOMIC_RELAXED,
						    __ATOMIC_RELAXED);
		if (!there || there == way)
			return;
	}
}

#endif /* HEAP_NEAR_H */
