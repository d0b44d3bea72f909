/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stress: what the stress programs share: seeds, random numbers, and blocks
 * that know what they must hold.
 *
 * A program prints "seed N" first; the same number as its argument, or in
 * STRESS_SEED, gives the same run (but for what threads do to each other).
 */
#ifndef STRESS_STRESS_H
#define STRESS_STRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stress_random {
	uint64_t state;
};

/* A block and its contents: @size bytes that follow from @key. */
struct stress_block {
	unsigned char *p;
	size_t size;
	uint64_t key;
};

/* The seed: @argument, else the environment's, else a new one. */
uint64_t stress_seed(const char *argument);

/* Ends the program with a line on standard error and exit status 1. */
void stress_fail(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/*
 * Kills the program after that many seconds, times STRESS_PATIENCE where the
 * environment has it: a deadlock must not hang.
 */
void stress_watchdog(unsigned int seconds);

void stress_random_init(struct stress_random *random, uint64_t seed);
uint64_t stress_random_next(struct stress_random *random);

/* A number below @limit, which is not 0. */
static inline size_t stress_below(struct stress_random *random, size_t limit)
{
	return stress_random_next(random) % limit;
}

/* Mostly small, at times a few pages, seldom a few MiB. */
size_t stress_size(struct stress_random *random);

/*
 * Makes or remakes a block by one of the allocation functions and fills it;
 * calloc's zeros and realloc's kept bytes are checked. False: no memory; the
 * block is as it was.
 */
bool stress_block_make(struct stress_block *block,
		       struct stress_random *random);
bool stress_block_resize(struct stress_block *block,
			 struct stress_random *random);

/* Dies if the block does not hold what it was filled with. */
void stress_block_check(const struct stress_block *block);

/* Checks and frees it; an empty block stays one. */
void stress_block_free(struct stress_block *block);

#endif /* STRESS_STRESS_H */
