/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types_map: in which partition of a live heap each type lies.
 *
 * Owns:       nothing between calls.
 * Promises:   reads the process's own map; complains, naming the process,
 *             where it has none: another version, another mode than typed,
 *             the fast ABI.
 * Relies on:  heap_map for the map.
 *
 * Who sees this sees the process's secret map: it is for eyes that may.
 */
#ifndef TOOLS_TYPES_MAP_H
#define TOOLS_TYPES_MAP_H

#include "tools/types_table.h"

#include <stdio.h>
#include <sys/types.h>

/* Draws the names of each partition's types: 0, or -1 after a complaint. */
int types_map_print(pid_t pid, const struct types_table *table, FILE *to);

#endif /* TOOLS_TYPES_MAP_H */
