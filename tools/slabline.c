/* SPDX-License-Identifier: Apache-2.0 */
/* slabline: the lines of a slabinfo 2.1 text; contract in slabline.h. */
#include "tools/slabline.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes @nr numbers off *@line into @numbers. */
static bool take_numbers(struct piece *line, uint64_t *numbers, size_t nr)
{
	struct piece word;

	for (size_t i = 0; i < nr; i++) {
		if (!piece_next_word(line, &word) ||
		    !piece_to_number(word, &numbers[i]))
			return false;
	}
	return true;
}

/* Takes ": NAME" off *@line. */
static bool take_heading(struct piece *line, const char *name)
{
	struct piece word;

	return piece_next_word(line, &word) && piece_is(word, ":") &&
	       piece_next_word(line, &word) && piece_is(word, name);
}

void line_cursor_init(struct line_cursor *cursor, const char *text,
		      size_t length)
{
	cursor->next = text;
	cursor->end = text + length;
	cursor->number = 0;
	cursor->is_cut = false;
}

bool line_next(struct line_cursor *cursor, struct piece *line)
{
	size_t left = cursor->end - cursor->next;
	const char *newline;

	if (!left)
		return false;
	newline = memchr(cursor->next, '\n', left);
	line->start = cursor->next;
	line->length = newline ? (size_t)(newline - cursor->next) : left;
	cursor->is_cut = !newline;
	cursor->next += line->length + !!newline;
	cursor->number++;
	return true;
}

bool piece_next_word(struct piece *line, struct piece *word)
{
	while (line->length && is_blank(*line->start)) {
		line->start++;
		line->length--;
	}
	word->start = line->start;
	while (line->length && !is_blank(*line->start)) {
		line->start++;
		line->length--;
	}
	word->length = line->start - word->start;
	return word->length != 0;
}

bool piece_is(struct piece piece, const char *string)
{
	return piece.length == strlen(string) &&
	       piece_has_prefix(piece, string);
}

bool piece_has_prefix(struct piece piece, const char *prefix)
{
	size_t length = strlen(prefix);

	return piece.length >= length && !memcmp(piece.start, prefix, length);
}

bool piece_to_number(struct piece piece, uint64_t *number)
{
	uint64_t sum = 0;

	if (!piece.length)
		return false;
	for (size_t i = 0; i < piece.length; i++) {
		char c = piece.start[i];

		if (c < '0' || c > '9' ||
		    __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(c - '0'), &sum))
			return false;
	}
	*number = sum;
	return true;
}

const char *slab_line_parse(struct piece line, struct slab_line *out)
{
	uint64_t objects[5], tunables[3], slabdata[3];

	if (!piece_next_word(&line, &out->name))
		return "an empty line";
	if (!take_numbers(&line, objects, 5))
		return "not five numbers after the name of a cache";
	if (!take_heading(&line, "tunables") ||
	    !take_numbers(&line, tunables, 3))
		return "not ': tunables' and three numbers";
	if (!take_heading(&line, "slabdata") ||
	    !take_numbers(&line, slabdata, 3))
		return "not ': slabdata' and three numbers";
	out->active_objects = objects[0];
	out->objects = objects[1];
	out->object_size = objects[2];
	out->objects_per_slab = objects[3];
	out->pages_per_slab = objects[4];
	out->active_slabs = slabdata[0];
	out->slabs = slabdata[1];
	return NULL;
}
