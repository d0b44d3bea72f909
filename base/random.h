/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random: a small generator of numbers.
 *
 * Owns:       nothing: the state is the caller's, seeded from the system's
 *             generator and never 0.
 * Promises:   every state but 0 comes once in 2^64 - 1 steps (xorshift, 13 7
 *             17); random_mix() hides the state from who sees the numbers in
 *             passing. No defence against who can compute the state back from
 *             many whole numbers: callers show only a few bits of each.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* The next state. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* The number that a state stands for. */
static inline uint64_t random_mix(uint64_t state)
{
	return state * 0x2545f4914f6cdd1d;
}

/* A number below @limit, which is below 2^32. */
static inline uint32_t random_below(uint64_t *state, uint32_t limit)
{
	return (random_mix(random_next(state)) >> 32) * limit >> 32;
}

#endif /* BASE_RANDOM_H */
