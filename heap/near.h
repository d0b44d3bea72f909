/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near: where the rows of tokens begin that no pure map knows, for malloc.
 *
 * Owns:       a table of NR_NEAR entries, in memory it is given; write-once.
 * Promises:   an entry has a token only if its distance is that token's, in
 *             whichever order threads meet over it; the first that comes keeps
 *             it. Who vanishes in a fork between the two leaves an entry that
 *             is nobody's.
 * Relies on:  a token's row never changing; tokens not being 0.
 *
 * The roster knows all of them, by three loads that wait for each other.
 */
#ifndef HEAP_NEAR_H
#define HEAP_NEAR_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>

#define NR_NEAR 4096u

struct near {
	uint64_t token;	   /* 0: nobody's yet */
	uint32_t distance; /* of the row's first bin from row 0's */
	uint32_t is_taken;
};

/* The one entry that may be @token's. */
static always_inline struct near *near_look(struct near *table, uint64_t token)
{
	return &table[token % NR_NEAR];
}

/* Whether it is, and its distance can be read. */
static always_inline bool near_is_of(const struct near *near, uint64_t token)
{
	/* Pairs with the release in near_put(). */
	return likely(__atomic_load_n(&near->token, __ATOMIC_ACQUIRE) == token);
}

static inline void near_put(struct near *table, uint64_t token,
			    uint32_t distance)
{
	struct near *near = near_look(table, token);
	uint32_t is_taken = 0;

	if (!__atomic_compare_exchange_n(&near->is_taken, &is_taken, 1, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	near->distance = distance;
	__atomic_store_n(&near->token, token, __ATOMIC_RELEASE);
}

#endif /* HEAP_NEAR_H */
