/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: the rules of a policy file: types that have partitions by name.
 *
 * Owns:       nothing; the caller's struct is filled.
 * Promises:   a line that was not understood is named, with its file and
 *             number, on standard error and left out; what was understood
 *             stays. Reads a file once, at boot.
 * Relies on:  policy/ for the compiler's hash of a name.
 *
 * A rule is a line name:TYPE, the type written as the compiler writes it
 * (docs/partitions.md); with " @GROUP" behind it, all types of the group share
 * a partition. Text from a "#" at the start of a line, or behind a blank, is a
 * comment. A name does not tell whether the type holds pointers: of the two
 * tokens it may have, each is pinned, in its own domain.
 */
#ifndef HEAP_PINS_H
#define HEAP_PINS_H

#include "heap/options.h"

#include <stddef.h>
#include <stdint.h>

#define NR_PINS_MAX 1024u

struct pins {
	uint32_t nr;	       /* rules */
	uint32_t nr_groups;    /* a rule without one is a group of its own */
	uint64_t *data_tokens; /* by rule, NR_PINS_MAX of them */
	uint16_t *groups;      /* by rule, counted from 0 */
};

/*
 * Adds the rules of @text, called @path in complaints; of rules for which there
 * is no room left, too.
 */
void pins_parse(struct pins *pins, const char *path, const char *text,
		size_t length);

/* The same of a file; complains where it cannot be read. */
void pins_read(struct pins *pins, struct option_text from);

#endif /* HEAP_PINS_H */
