/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: blocks of one size, taken until there are no more, and given back.
 *
 * Promises:  NULL without ENOMEM, a byte that changed, memory that does not
 *            come back: each ends the program.
 */
#ifndef STRESS_CHAIN_H
#define STRESS_CHAIN_H

#include <stddef.h>

/* Blocks in a chain through their first words; the rest is filled. */
struct chain {
	struct chain *next;
	size_t size;
};

/*
 * Takes blocks until there are @most or no more; how many. Never inlined: it
 * is one call site, hence one partition, whose ground comes back to it.
 */
__attribute__((noinline)) size_t chain_take(struct chain **chain, size_t size,
					    size_t most);

/* Checks what the blocks hold, and frees them. */
void chain_give(struct chain **chain);

/*
 * Takes all there is, less than @most blocks and at least @least bytes of
 * them; after it was given back and trimmed, as much again. @when_none, if
 * not NULL, is called when there is no more.
 */
void chain_exhaust(size_t size, size_t most, size_t least,
		   void (*when_none)(void));

#endif /* STRESS_CHAIN_H */
