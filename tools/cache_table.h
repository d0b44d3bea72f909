/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache_table: the caches of a heap as a sorted table, the way slabtop does.
 *
 * Owns:       nothing; sorts the snapshot's array in place.
 * Promises:   two lines about the heap, a line of headings, then a line a
 *             cache, in the order of the key; equal ones by name.
 * Relies on:  the snapshot came from snapshot_parse().
 * Invariant:  a pass over the same snapshot and key prints the same.
 */
#ifndef TOOLS_CACHE_TABLE_H
#define TOOLS_CACHE_TABLE_H

#include "tools/snapshot_parse.h"

#include <stdio.h>

struct table_key {
	const char *name;
	char letter; /* to press */
	int (*compare)(const void *a, const void *b);
};

/* All keys, the default first; ends with a name of NULL. */
extern const struct table_key table_keys[];

/* By name or by letter; NULL: no such key. */
const struct table_key *table_find_key(const char *name);
const struct table_key *table_find_letter(int letter);

/* At most @lines lines; 0 stands for no limit. */
void table_draw(struct snapshot *snapshot, const struct table_key *key,
		unsigned int lines, FILE *to);

#endif /* TOOLS_CACHE_TABLE_H */
