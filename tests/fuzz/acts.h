/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts: the operations of the heap's fuzzer, decoded from bytes.
 *
 * Owns:       how far the input was read; the process's options.
 * Promises:   any bytes are a run of operations. The first byte chooses the
 *             heap's options, once in a process; a run ends with an empty
 *             model and all rooms checked.
 */
#ifndef FUZZ_ACTS_H
#define FUZZ_ACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acts_run {
	const uint8_t *data;
	size_t size;
	/*
	 * Steps from one check of all rooms to the next; the rooms that a step
	 * touched are checked after each.
	 */
	unsigned int stride;
	/* Nothing fails, forks, interrupts or is misused. */
	bool is_plain;
	/* Counts calls of the heap; those of children, too, if shared. */
	uint64_t *nr_calls;
};

/* Does all of it; false: there was no memory for a heap, as was allowed. */
bool acts_do(const struct acts_run *run);

#endif /* FUZZ_ACTS_H */
