/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: who allocated a block, and who freed it (trace=on).
 *
 * Owns:       a table of blocks, by address, with two call stacks each, in
 *             memory of its own with unmapped ground on both sides. `typeslab
 *             hist --sites` reads it from outside, by way of live.h.
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

#include "os/stack.h"
#include "report/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_stack {
	uintptr_t frames[STACK_FRAMES];
};

struct trace_record {
	const void *block; /* NULL: the record is free */
	uint32_t is_taken; /* under change */
	uint8_t nr_allocated;
	uint8_t nr_freed;
	bool is_live;
	uint8_t turn; /* in a place's first record: who gives way next */
	struct trace_stack allocated;
	struct trace_stack freed;
};

_Static_assert(sizeof(struct trace_record) == 256, "whole lines");

struct trace_table {
	struct trace_record *records; /* NULL: nothing is kept */
	size_t nr;
};

extern internal struct trace_table trace_table;

/* Once, at boot; false: no memory for the smallest table. */
bool trace_init(void);

/*
 * The calling thread has just been given the block at @p (NULL: none). The
 * stack kept begins with the call that returns to @site (0: not known), where
 * that is on it: what is above are frames of the heap's own, in a program that
 * the archive is part of. Where no stack can be read the call alone is kept.
 */
void trace_alloc(const void *p, uintptr_t site);

/* The calling thread has freed it. */
void trace_free(const void *p);

/* Adds to @place what is known of the block that begins at its start. */
void trace_find(struct report_place *place);

#endif /* HEAP_TRACE_H */
