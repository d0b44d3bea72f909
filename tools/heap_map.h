/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap_map: what a live typed heap says of its rows.
 *
 * Owns:       the arrays, until heap_map_fini(), which also takes a zeroed map.
 * Promises:   complains, naming the process, where it has no such map: another
 *             version, another mode than typed and dedicated.
 * Relies on:  the layouts of the heap's rooms being those of this very build:
 *             the root names their sizes.
 * Invariant:  names has nr_rows entries, tokens and rows nr_listed + 1; what
 *             was read is not believed beyond that.
 */
#ifndef TOOLS_HEAP_MAP_H
#define TOOLS_HEAP_MAP_H

#include "heap/layout.h"
#include "heap/live.h"

#include <sys/types.h>

struct heap_map {
	struct live_root root;
	struct layout heap;
	uint32_t nr_listed;
	uint64_t *tokens; /* of the roster, by number */
	uint16_t *rows;
	struct row_name *names; /* by row */
	unsigned int nr_rows;	/* that are something's */
};

/* Of a zeroed map: 0, or -1 after a complaint; heap_map_fini() is due. */
int heap_map_read(struct heap_map *map, pid_t pid);

void heap_map_fini(struct heap_map *map);

#endif /* TOOLS_HEAP_MAP_H */
