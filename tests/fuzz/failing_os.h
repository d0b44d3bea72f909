/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failing_os: system calls of the library that fail when they are told to.
 *
 * Owns:       which calls fail. The calls of every object of the program are
 *             led here by the linker (--wrap); only those of os/ ask for
 *             memory by these names, the C library keeps its own.
 * Promises:   a call that is to fail does nothing but set errno. Random numbers
 *             follow from the seed, once one was given.
 */
#ifndef FUZZ_FAILING_OS_H
#define FUZZ_FAILING_OS_H

#include <stdbool.h>
#include <stdint.h>

enum os_call {
	CALL_MMAP,
	CALL_MPROTECT,
	CALL_MADVISE,
	NR_OS_CALLS,
};

#define CALLS_ALL ((1u << NR_OS_CALLS) - 1)

/* From the @first call on (1: the next), @many calls of those in @mask fail
 * with @error. */
void failing_os_plan(unsigned int mask, uint64_t first, uint64_t many,
		     int error);
void failing_os_stop(void);

/* Calls of those in the mask since the plan was made, and how many failed. */
uint64_t failing_os_calls(void);
uint64_t failing_os_failures(void);

/* Random numbers for the heap follow from @seed from now on. */
void failing_os_seed(uint64_t seed);

#endif /* FUZZ_FAILING_OS_H */
