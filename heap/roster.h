/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster: the tokens that came, in the order they came, each with its row.
 *
 * Owns:       one entry a token, numbered from 1, in two arrays, and an index
 *             of their numbers by token; write-once, in memory it is given.
 * Promises:   a token has one entry, and an entry has one token, whichever
 *             threads meet over it; an entry's row never changes. No lock: who
 *             finds an entry that another thread began completes it, so a
 *             thread that vanishes in a fork, or is interrupted, leaves nothing
 *             half done.
 * Relies on:  row_of() being a pure function; tokens not being 0.
 * Invariant:  entries 1 to nr_listed are in the index; tokens of entries are
 *             set from 1 on without a gap; the index has room for twice as
 *             many, so a probe ends.
 *
 * index[token & mask] is the number n, tokens[n] the token, rows[n] its row.
 * The arrays are apart, and numbers short, so that the tokens of a program
 * share few lines: a thousand of them 400, entries of 16 bytes behind a longer
 * index took 1,250.
 */
#ifndef HEAP_ROSTER_H
#define HEAP_ROSTER_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers have 16 bits, and the index is twice as long as the list. */
#define ROSTER_MAX (1u << 14)

struct roster {
	/* Fixed by roster_init(). */
	uint64_t *tokens; /* by number; 0: not taken yet, and number 0's */
	uint16_t *rows;	  /* by number; valid once the index names it */
	uint16_t *index;
	uint64_t mask;
	uint32_t capacity;
	uint32_t *nr_listed; /* atomic, only grows */

	/* The row for the @number-th token. */
	unsigned int (*row_of)(uint32_t number, uint64_t token);
};

/* Bytes that roster_init() wants for so many tokens, at most ROSTER_MAX. */
size_t roster_size(uint32_t capacity);

/* Empty, in @memory, which is zero; @nr_listed is zero, too. */
void roster_init(struct roster *roster, void *memory, uint32_t capacity,
		 uint32_t *nr_listed,
		 unsigned int (*row_of)(uint32_t number, uint64_t token));

/* The number of @token, listed now if it was not; 0: it is not, all is full. */
uint32_t roster_list(const struct roster *roster, uint64_t token);

/* The number of @token if it is in the index; else 0. */
uint32_t roster_find(const struct roster *roster, uint64_t token);

/* How many entries are taken, those that are still being listed included. */
uint32_t roster_nr(const struct roster *roster);

/* Dies unless the invariant holds. */
void roster_check(const struct roster *roster);

/* Whose the entry is. An exchange that fails on it may go on meanwhile. */
static inline uint64_t roster_token(const struct roster *roster,
				    uint32_t number)
{
	return __atomic_load_n(&roster->tokens[number], __ATOMIC_RELAXED);
}

/* Written more than once, always the same. */
static inline unsigned int roster_row(const struct roster *roster,
				      uint32_t number)
{
	return __atomic_load_n(&roster->rows[number], __ATOMIC_RELAXED);
}

#endif /* HEAP_ROSTER_H */
