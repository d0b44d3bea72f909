/* SPDX-License-Identifier: Apache-2.0 */
/* ir: functions and metadata of a module; contract in ir.h. */
#include "tools/ir.h"

#include "tools/ir_scan.h"
#include "tools/must.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Scopes in scopes; a module of ours has a dozen at the deepest. */
#define MOST_SCOPES 64

/* "!12 = ..." into *@number and the rest; false for any other line. */
static bool parse_metadata(struct piece line, size_t *number,
			   struct piece *rest)
{
	struct piece word;
	uint64_t value;

	if (!piece_has_prefix(line, "!") || !piece_next_word(&line, &word) ||
	    !piece_to_number(piece_from(word, 1), &value))
		return false;
	*number = value;
	if (!piece_next_word(&line, &word) || !piece_is(word, "="))
		return false;
	*rest = piece_trim(line);
	return true;
}

/* Numbers are below the number of lines: one definition a line. */
static void index_metadata(struct ir_module *module, size_t nr_lines)
{
	struct line_cursor cursor;
	struct piece line, rest;
	size_t number;

	module->nr_metadata = nr_lines;
	module->metadata = must_alloc(nr_lines, sizeof(*module->metadata));
	line_cursor_init(&cursor, module->text.start, module->text.length);
	while (line_next(&cursor, &line)) {
		if (parse_metadata(line, &number, &rest) && number < nr_lines)
			module->metadata[number] = rest;
	}
}

/* Counts lines; every "{" that ends a define has its "}". */
static size_t count_lines(struct piece text, struct text_fault *fault)
{
	struct line_cursor cursor;
	struct piece line;
	size_t open = 0;

	*fault = (struct text_fault){ 0 };
	line_cursor_init(&cursor, text.start, text.length);
	while (line_next(&cursor, &line)) {
		if (piece_has_prefix(line, "define "))
			open = cursor.number;
		else if (piece_is(line, "}"))
			open = 0;
	}
	if (open || cursor.is_cut)
		*fault = (struct text_fault){ open ? open : cursor.number,
					      "the module is cut" };
	return cursor.number;
}

int ir_init(struct ir_module *module, struct piece text,
	    struct text_fault *fault)
{
	size_t nr_lines = count_lines(text, fault);

	if (fault->what)
		return -1;
	module->text = text;
	index_metadata(module, nr_lines);
	return 0;
}

static struct ir_line *add_line(struct ir_function *function)
{
	function->lines =
		must_room(function->lines, function->nr_lines,
			  &function->capacity, sizeof(struct ir_line));
	return &function->lines[function->nr_lines++];
}

/* An instruction; one that begins deeper than two blanks continues the last. */
static void take_line(struct ir_function *function, struct piece text,
		      size_t number)
{
	struct ir_line *line;
	struct piece rest = text, word, equals;

	if (!piece_has_prefix(text, "  "))
		return; /* a label, a comment, a blank line */
	if (piece_has_prefix(text, "   ")) {
		if (!function->nr_lines)
			return;
		line = &function->lines[function->nr_lines - 1];
		line->text.length = text.start + text.length - line->text.start;
		return;
	}
	line = add_line(function);
	*line = (struct ir_line){ .text = piece_trim(text), .number = number };
	if (piece_has_prefix(line->text, "%") &&
	    piece_next_word(&rest, &word) && piece_next_word(&rest, &equals) &&
	    piece_is(equals, "=")) {
		line->result = word;
		line->text = piece_trim(rest);
	}
}

bool ir_next_function(struct line_cursor *cursor, struct ir_function *function)
{
	struct piece line;

	function->nr_lines = 0;
	do {
		if (!line_next(cursor, &line))
			return false;
	} while (!piece_has_prefix(line, "define "));
	function->head = line;
	function->name = scan_global(line);
	scan_attached(line, "dbg", &function->debug);
	while (line_next(cursor, &line) && !piece_is(line, "}"))
		take_line(function, line, cursor->number);
	return true;
}

long ir_attached(struct piece text, const char *name)
{
	struct piece digits;
	uint64_t number;

	if (!scan_attached(text, name, &digits) ||
	    !piece_to_number(digits, &number) || number > LONG_MAX)
		return -1;
	return number;
}

struct piece ir_metadata(const struct ir_module *module, long number)
{
	if (number < 0 || (size_t)number >= module->nr_metadata ||
	    !module->metadata[number].start)
		return (struct piece){ "", 0 };
	return module->metadata[number];
}

/* The file of the innermost scope that names one. */
static long file_of_scope(const struct ir_module *module, long scope)
{
	for (int depth = 0; depth < MOST_SCOPES && scope >= 0; depth++) {
		struct piece text = ir_metadata(module, scope);
		long file = scan_reference(text, "file");

		if (file >= 0)
			return file;
		scope = scan_reference(text, "scope");
	}
	return -1;
}

struct ir_place ir_place_of(const struct ir_module *module, long number)
{
	struct piece text = ir_metadata(module, number);
	struct ir_place place = { .file = { "", 0 }, .folder = { "", 0 } };
	struct piece file;

	if (!scan_has(text, "DILocation("))
		return place;
	place.line = scan_field(text, "line");
	place.column = scan_field(text, "column");
	file = ir_metadata(
		module, file_of_scope(module, scan_reference(text, "scope")));
	scan_string(file, "filename", &place.file);
	scan_string(file, "directory", &place.folder);
	return place;
}

bool ir_type_of(const struct ir_module *module, long number, struct piece *name,
		bool *has_pointer)
{
	struct piece text = ir_metadata(module, number);
	const char *quote, *end;

	if (!piece_has_prefix(text, "!{!\""))
		return false;
	quote = text.start + strlen("!{!\"");
	end = memchr(quote, '"', text.start + text.length - quote);
	if (!end)
		return false;
	*name = (struct piece){ quote, end - quote };
	*has_pointer = scan_has(piece_from(text, end - text.start), "i1 true");
	return true;
}

static unsigned int value_of_digit(char digit)
{
	return digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10;
}

const char *ir_keep_plain(struct piece quoted)
{
	char *plain = must_alloc(quoted.length + 1, 1);
	const char *kept;
	size_t n = 0;

	for (size_t i = 0; i < quoted.length; i++) {
		struct piece rest = piece_from(quoted, i);
		const char *at = rest.start;

		plain[n++] = *at;
		if (piece_has_prefix(rest, "\\\\")) {
			i++;
		} else if (*at == '\\' && rest.length > 2 &&
			   isxdigit((unsigned char)at[1]) &&
			   isxdigit((unsigned char)at[2])) {
			plain[n - 1] = value_of_digit(at[1]) << 4 |
				       value_of_digit(at[2]);
			i += 2;
		}
	}
	kept = must_keep((struct piece){ plain, n });
	free(plain);
	return kept;
}

void ir_function_fini(struct ir_function *function)
{
	free(function->lines);
}

void ir_fini(struct ir_module *module)
{
	free(module->metadata);
}
