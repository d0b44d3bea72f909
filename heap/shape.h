/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape: where the fields lie that a debugger reads.
 *
 * Owns:       one constant table of names and numbers, reached from
 *             typeslab_live_1, so that no debug information is needed to find
 *             one's way in a live process or a core file.
 * Promises:   ends with an empty name. tools/typeslab-gdb.py asks for the
 *             names that it knows; more may be added.
 */
#ifndef HEAP_SHAPE_H
#define HEAP_SHAPE_H

#include <stdint.h>

struct shape_field {
	char name[20];
	uint32_t value; /* an offset, a size or a shift */
};

extern const struct shape_field shape_fields[];

#endif /* HEAP_SHAPE_H */
