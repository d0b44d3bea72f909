/* SPDX-License-Identifier: Apache-2.0 */
/* ir_scan: inside a line of LLVM IR; contract in ir_scan.h. */
#include "tools/ir_scan.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define MOST_KEY 64

struct piece piece_from(struct piece text, size_t n)
{
	if (n > text.length)
		n = text.length;
	return (struct piece){ text.start + n, text.length - n };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct piece piece_trim(struct piece text)
{
	while (text.length && is_blank(text.start[0]))
		text = piece_from(text, 1);
	while (text.length && is_blank(text.start[text.length - 1]))
		text.length--;
	return text;
}

size_t scan_find(struct piece text, const char *needle)
{
	const char *found = text.length ? memmem(text.start, text.length,
						 needle, strlen(needle))
					: NULL;

	return found ? (size_t)(found - text.start) : text.length;
}

bool scan_has(struct piece text, const char *needle)
{
	return scan_find(text, needle) < text.length;
}

bool scan_is_invoke(struct piece line)
{
	return piece_has_prefix(line, "  ") && scan_has(line, " invoke ");
}

struct piece scan_call(struct piece line)
{
	const char *opcode = scan_is_invoke(line) ? " invoke " : " call ";

	return piece_from(line, scan_find(line, opcode));
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._$-", c));
}

/* The string at text[0], its quotes included. */
static size_t scan_quoted(struct piece text)
{
	const char *end =
		text.length < 2 ? NULL
				: memchr(text.start + 1, '"', text.length - 1);

	return end ? (size_t)(end - text.start) + 1 : text.length;
}

size_t scan_name(struct piece text)
{
	size_t n = 1;

	if (text.length > 1 && text.start[1] == '"')
		return 1 + scan_quoted(piece_from(text, 1));
	while (n < text.length && is_name(text.start[n]))
		n++;
	return n < text.length ? n : text.length;
}

static struct piece bare_name(struct piece name)
{
	name = piece_from(name, 1);
	if (name.length >= 2 && name.start[0] == '"')
		name = (struct piece){ name.start + 1, name.length - 2 };
	return name;
}

struct piece scan_global(struct piece text)
{
	struct piece rest = piece_from(text, scan_find(text, "@"));

	rest.length = rest.length ? scan_name(rest) : 0;
	return bare_name(rest);
}

size_t scan_brackets(struct piece text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.start[i];

		if (c == '"')
			i += scan_quoted(piece_from(text, i)) - 1;
		else if (c && strchr("([{<", c))
			depth++;
		else if (c && strchr(")]}>", c) && !--depth)
			return i + 1;
	}
	return 0;
}

static struct piece digits_at(struct piece text)
{
	size_t n = 0;

	while (n < text.length && isdigit((unsigned char)text.start[n]))
		n++;
	text.length = n;
	return text;
}

bool scan_attached(struct piece text, const char *name, struct piece *digits)
{
	char key[MOST_KEY];
	size_t at;

	snprintf(key, sizeof(key), "!%s !", name);
	at = scan_find(text, key);
	*digits = digits_at(piece_from(text, at + strlen(key)));
	return digits->length;
}

/* What follows "NAME: " where that is a word of its own; empty if nowhere. */
static struct piece after_key(struct piece text, const char *name)
{
	char key[MOST_KEY];
	size_t at;

	snprintf(key, sizeof(key), "%s: ", name);
	while ((at = scan_find(text, key)) < text.length) {
		char before = at ? text.start[at - 1] : ' ';

		text = piece_from(text, at);
		if (!is_name(before))
			return piece_from(text, strlen(key));
		text = piece_from(text, 1);
	}
	return text;
}

long scan_reference(struct piece text, const char *name)
{
	struct piece value = after_key(text, name);
	uint64_t number;

	if (!piece_has_prefix(value, "!") ||
	    !piece_to_number(digits_at(piece_from(value, 1)), &number) ||
	    number > LONG_MAX)
		return -1;
	return number;
}

unsigned int scan_field(struct piece text, const char *name)
{
	uint64_t number;

	if (!piece_to_number(digits_at(after_key(text, name)), &number) ||
	    number > UINT_MAX)
		return 0;
	return number;
}

void scan_string(struct piece text, const char *name, struct piece *out)
{
	struct piece value = after_key(text, name);

	if (piece_has_prefix(value, "\"")) {
		size_t n = scan_quoted(value);

		if (n >= 2)
			*out = (struct piece){ value.start + 1, n - 2 };
	}
}

bool scan_item(struct piece *list, struct piece *item)
{
	size_t i = 0;

	if (!list->length)
		return false;
	while (i < list->length && list->start[i] != ',') {
		struct piece rest = piece_from(*list, i);
		size_t skip = 1;

		if (strchr("([{<", *rest.start) && *rest.start)
			skip = scan_brackets(rest);
		else if (*rest.start == '"')
			skip = scan_quoted(rest);
		i += skip ? skip : 1;
	}
	*item = piece_trim((struct piece){ list->start, i });
	*list = piece_from(*list, i + 1);
	return true;
}
