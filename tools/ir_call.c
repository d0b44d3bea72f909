/* SPDX-License-Identifier: Apache-2.0 */
/* ir_call: calls in the lines of a function; contract in ir.h. */
#include "tools/ir.h"

#include "tools/ir_scan.h"

#include <string.h>

/* Behind "call " or "invoke ", or 0: the line is something else. */
static size_t find_opcode(struct piece text, bool *is_invoke)
{
	static const char *const opcodes[] = {
		"call ",
		"tail call ",
		"musttail call ",
		"notail call ",
	};

	*is_invoke = piece_has_prefix(text, "invoke ");
	if (*is_invoke)
		return strlen("invoke ");
	for (size_t i = 0; i < sizeof(opcodes) / sizeof(*opcodes); i++) {
		if (piece_has_prefix(text, opcodes[i]))
			return strlen(opcodes[i]);
	}
	return 0;
}

/*
 * Splits @text (behind the opcode) at the callee: a name that brackets follow
 * at once. Types and attributes with brackets of their own stand before it.
 */
static bool find_callee(struct piece text, struct piece *name, size_t *at)
{
	size_t i = 0;

	while (i < text.length) {
		struct piece rest = piece_from(text, i);
		char c = *rest.start;
		size_t n = 1;

		if (c == '@' || c == '%') {
			n = scan_name(rest);
			if (n < rest.length && rest.start[n] == '(') {
				*name = (struct piece){ rest.start, n };
				*at = i;
				return true;
			}
		} else if (c && strchr("([{<", c)) {
			n = scan_brackets(rest);
		}
		i += n ? n : 1;
	}
	return false;
}

/* The value of "ptr noundef nonnull %3": its last word. */
static struct piece value_of(struct piece argument)
{
	for (size_t i = argument.length; i > 0; i--) {
		if (argument.start[i - 1] == ' ')
			return piece_from(argument, i);
	}
	return argument;
}

static void split_arguments(struct piece list, struct ir_call *call)
{
	struct piece item;

	call->nr_arguments = 0;
	while (call->nr_arguments < IR_MOST_ARGUMENTS &&
	       scan_item(&list, &item))
		call->arguments[call->nr_arguments++] = value_of(item);
}

bool ir_parse_call(const struct ir_line *line, struct ir_call *call)
{
	size_t opcode = find_opcode(line->text, &call->is_invoke);
	struct piece text = piece_from(line->text, opcode);
	struct piece name, rest;
	size_t at, length;

	if (!opcode || !find_callee(text, &name, &at))
		return false;
	call->before = (struct piece){ text.start, at };
	rest = piece_from(text, at + name.length);
	length = scan_brackets(rest);
	if (!length)
		return false;
	call->after = piece_from(rest, length);
	split_arguments((struct piece){ rest.start + 1, length - 2 }, call);
	call->callee = (struct piece){ "", 0 };
	if (*name.start == '@')
		call->callee = scan_global(name);
	return true;
}
