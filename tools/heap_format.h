/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap_format: a heap's counts for programs, as JSON or OpenMetrics.
 *
 * Owns:       nothing.
 * Promises:   the same numbers as the histogram's, a cache each. JSON is one
 *             object and a newline; OpenMetrics (version 1.0) is text that
 *             ends in "# EOF". Neither tells addresses or the secret map.
 * Relies on:  the snapshot's names being printable.
 */
#ifndef TOOLS_HEAP_FORMAT_H
#define TOOLS_HEAP_FORMAT_H

#include "tools/snapshot_parse.h"

#include <stdio.h>

enum heap_format {
	HEAP_DRAWING,
	HEAP_JSON,
	HEAP_OPENMETRICS,
};

/* "text", "json" or "openmetrics"; -1: none of them. */
int heap_format_of(const char *name);

/* Not for HEAP_DRAWING. 0, or -1 without memory. */
int heap_format_print(enum heap_format format, const struct snapshot *snapshot,
		      FILE *to);

#endif /* TOOLS_HEAP_FORMAT_H */
