/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_line: lines of source files, by number.
 *
 * Owns:       the one file that was asked for last.
 * Promises:   NULL where the file or the line is not there; says nothing.
 * Relies on:  questions coming sorted by file: each is then read once.
 */
#ifndef TOOLS_AUDIT_LINE_H
#define TOOLS_AUDIT_LINE_H

#include <stddef.h>

struct audit_lines {
	char *path;
	char *text;
	char **lines;
	size_t nr_lines;
};

/* Line @number counted from 1. Valid until the next call. */
const char *audit_lines_get(struct audit_lines *lines, const char *path,
			    size_t number);

void audit_lines_fini(struct audit_lines *lines);

#endif /* TOOLS_AUDIT_LINE_H */
