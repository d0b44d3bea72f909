/* SPDX-License-Identifier: Apache-2.0 */
/*
 * must: memory for commands that can do nothing without it.
 *
 * Owns:       the strings that must_keep() was given, for good.
 * Promises:   never gives NULL; where there is no memory the program ends with
 *             a line and status COMMAND_FAILED.
 * Relies on:  being called by a command, not by a library.
 * Invariant:  equal strings kept are one string: they compare by address.
 */
#ifndef TOOLS_MUST_H
#define TOOLS_MUST_H

#include "tools/slabline.h"

#include <stddef.h>

/*
 * Room for one more element of @size in an array of @nr: the array, moved and
 * *@capacity doubled where it was full.
 */
void *must_room(void *array, size_t nr, size_t *capacity, size_t size);

/* Names in a row; that of zeroes is empty. free(names->list) is due. */
struct must_names {
	const char **list;
	size_t nr;
	size_t capacity;
};

/* The name itself is not copied. */
void must_add_name(struct must_names *names, const char *name);

/* Zeroed. */
void *must_alloc(size_t nr, size_t size);

/* Like asprintf(). */
char *must_print(const char *format, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull));

/* @name, as no option to a command though it may begin with "-". */
char *must_path(const char *name) __attribute__((returns_nonnull));

/* The one copy of these bytes; lives to the end. */
const char *must_keep(struct piece text);
const char *must_keep_string(const char *text);

/*
 * What can be printed where a terminal may read it: of a name from a file that
 * others made, with a question mark for what would end a line or move a cursor.
 */
const char *must_keep_printable(const char *text);

#endif /* TOOLS_MUST_H */
