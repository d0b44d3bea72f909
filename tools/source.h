/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: where snapshots come from: a live process, a file, standard input.
 *
 * Owns:       nothing between calls.
 * Promises:   every failure is told on standard error once, naming the file
 *             and line or the process; then -1. A live process gives the same
 *             text that it would write to a file.
 * Relies on:  remote to read processes, snapshot_parse to read texts.
 * Invariant:  an argument of digits alone is a process; ./123 is a file.
 */
#ifndef TOOLS_SOURCE_H
#define TOOLS_SOURCE_H

#include "tools/slabline.h"
#include "tools/snapshot_parse.h"
#include "tools/text.h"

#include <sys/types.h>

/* True, and *@pid set (0 if no process can have that number), or a file. */
bool source_is_pid(const char *argument, pid_t *pid);

/*
 * What to call @argument in a message, where a terminal may read it: "-" is
 * standard input.
 */
const char *source_name(const char *argument);

/* All of @text, for who takes bytes that may be none. */
static inline struct piece source_bytes(const struct text *text)
{
	return (struct piece){ text->length ? text->bytes : "", text->length };
}

/* 0 or -1. "-" is standard input. The caller calls text_fini() after 0. */
int source_read_file(const char *path, struct text *text);

/* 0 or -1. The snapshot of a live process. text_fini() after 0. */
int source_read_pid(pid_t pid, struct text *text);

/* 0 or -1. Of a process or a file; snapshot_fini() after 0. */
int source_read_snapshot(const char *argument, struct snapshot *snapshot);

/* Complains about @fault in the text of @argument. */
void source_complain(const char *argument, const struct text_fault *fault);

#endif /* TOOLS_SOURCE_H */
