/* SPDX-License-Identifier: Apache-2.0 */
/* ir_typed: calls with a type; contract in ir_typed.h. */
#include "tools/ir_typed.h"

#include "tools/command.h"
#include "tools/ir.h"
#include "tools/ir_scan.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

void ir_typed_add(struct ir_typed *typed, const char *name)
{
	if (!tsearch(name, &typed->names, compare_names))
		err(COMMAND_FAILED, "memory");
}

static void add_defined(struct ir_typed *typed, struct piece text,
			const char *linkage)
{
	struct line_cursor cursor;
	struct piece line, before;

	line_cursor_init(&cursor, text.start, text.length);
	while (line_next(&cursor, &line)) {
		before = (struct piece){ line.start, scan_find(line, "@") };
		if (piece_has_prefix(line, "define ") &&
		    scan_has(before, linkage))
			ir_typed_add(typed, ir_keep_plain(scan_global(line)));
	}
}

void ir_typed_add_defined(struct ir_typed *typed, struct piece text)
{
	add_defined(typed, text, " ");
}

void ir_typed_add_static(struct ir_typed *typed, struct piece text)
{
	add_defined(typed, text, " internal ");
}

bool ir_typed_next(struct line_cursor *cursor, struct piece *line)
{
	struct piece rest;

	if (!line_next(cursor, line))
		return false;
	if (scan_is_invoke(*line) && line_next(cursor, &rest))
		line->length = rest.start + rest.length - line->start;
	return true;
}

const char *ir_typed_callee(const struct ir_typed *typed, struct piece line)
{
	struct piece call = scan_call(line);
	const char *name;

	if (!scan_has(call, ", !alloc_token !") ||
	    scan_find(call, "@") > scan_find(call, "("))
		return NULL;
	name = ir_keep_plain(scan_global(call));
	return tfind(name, &typed->names, compare_names) ? name : NULL;
}

static void keep_name(void *name)
{
	(void)name;
}

void ir_typed_fini(struct ir_typed *typed)
{
	tdestroy(typed->names, keep_name);
}
