/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slabline: the lines of a slabinfo 2.1 text, the kernel's or a heap's.
 *
 * Owns:       nothing; all names point into the caller's text.
 * Promises:   never reads outside [text, text + length), takes any bytes;
 *             a number that does not fit 64 bits is refused, not cut.
 * Relies on:  the text stays as it is while cursor and lines are in use.
 * Invariant:  cursor.next <= cursor.end; cursor.number counts from 1.
 */
#ifndef TOOLS_SLABLINE_H
#define TOOLS_SLABLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of the text; not terminated by zero. */
struct piece {
	const char *start;
	size_t length;
};

struct line_cursor {
	const char *next;
	const char *end;
	size_t number; /* of the line handed out last; 0 before the first */
	bool is_cut;   /* that line had no newline: the text ends inside it */
};

/* What is wrong with a text, and in which line (0: the text as a whole). */
struct text_fault {
	size_t line;
	const char *what;
};

struct slab_line {
	struct piece name;
	uint64_t active_objects;
	uint64_t objects;
	uint64_t object_size;
	uint64_t objects_per_slab;
	uint64_t pages_per_slab;
	uint64_t active_slabs;
	uint64_t slabs;
};

void line_cursor_init(struct line_cursor *cursor, const char *text,
		      size_t length);

/* The next line without its newline; false at the end. */
bool line_next(struct line_cursor *cursor, struct piece *line);

/* Takes the next word off the front of *@line; false when none is left. */
bool piece_next_word(struct piece *line, struct piece *word);

bool piece_is(struct piece piece, const char *string);
bool piece_has_prefix(struct piece piece, const char *prefix);

/* A decimal number that fills the whole piece. */
bool piece_to_number(struct piece piece, uint64_t *number);

/*
 * Reads one line of a cache. NULL, or what is wrong with it. What follows the
 * "slabdata" group is left unread: kernels with statistics write more there.
 */
const char *slab_line_parse(struct piece line, struct slab_line *out);

#endif /* TOOLS_SLABLINE_H */
