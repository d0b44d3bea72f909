/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: who allocated a block, and who freed it (trace=on).
 *
 * Owns:       a table of blocks, by address, with two call stacks each, in
 *             memory of its own with unmapped ground on both sides.
 * Promises:   the table does not grow: of blocks that meet in it, one that is
 *             free gives way to one that is live, and else the older one. What
 *             cannot be written at once, since another thread or the one that
 *             a signal interrupted is at the same place, is not kept.
 *             No allocation, no system call; errno is left alone.
 * Relies on:  stack_read(). Nothing of a program's memory is read but its
 *             stack.
 */
#ifndef HEAP_TRACE_H
#define HEAP_TRACE_H

#include "report/report.h"

#include <stdbool.h>

/* Once, at boot; false: no memory for the smallest table. */
bool trace_init(void);

/* The calling thread has just been given the block at @p (NULL: none). */
void trace_alloc(const void *p);

/* The calling thread has freed it. */
void trace_free(const void *p);

/* Adds to @place what is known of the block that begins at its start. */
void trace_find(struct report_place *place);

#endif /* HEAP_TRACE_H */
