/* SPDX-License-Identifier: Apache-2.0 */
/* ir_flow: values followed back; contract in ir_flow.h. */
#include "tools/ir_flow.h"

#include "tools/ir_scan.h"
#include "tools/must.h"

#include <stdlib.h>
#include <string.h>

/* Values looked at in one question; beyond it the answer is "no". */
#define MOST_VALUES 4096

/* What is still to be followed, and what was. */
struct walk {
	const struct ir_flow *flow;
	struct piece *values;
	size_t nr;
	size_t capacity;
};

static int compare_pieces(struct piece a, struct piece b)
{
	size_t n = a.length < b.length ? a.length : b.length;
	int order = memcmp(a.start, b.start, n);

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_lines(const void *a, const void *b)
{
	return compare_pieces((*(const struct ir_line *const *)a)->result,
			      (*(const struct ir_line *const *)b)->result);
}

static int compare_name(const void *name, const void *line)
{
	return compare_pieces(*(const struct piece *)name,
			      (*(const struct ir_line *const *)line)->result);
}

static const struct ir_line *find_definition(const struct ir_flow *flow,
					     struct piece name)
{
	const struct ir_line **found =
		bsearch(&name, flow->defined, flow->nr_defined,
			sizeof(*flow->defined), compare_name);

	return found ? *found : NULL;
}

static void read_parameters(struct ir_flow *flow)
{
	struct piece head = flow->function->head;
	struct piece rest = piece_from(head, scan_find(head, "@"));
	struct piece item;
	size_t length;

	rest = piece_from(rest, rest.length ? scan_name(rest) : 0);
	length = scan_brackets(rest);
	if (length < 2)
		return;
	rest = (struct piece){ rest.start + 1, length - 2 };
	while (flow->nr_parameters < IR_MOST_ARGUMENTS &&
	       scan_item(&rest, &item)) {
		struct piece type = item;
		size_t at = scan_find(item, "%");

		/* A struct's own name stands before the parameter's. */
		while (scan_has(piece_from(item, at + 1), "%"))
			at += 1 + scan_find(piece_from(item, at + 1), "%");
		type.length = scan_find(type, " ");
		flow->parameter_types[flow->nr_parameters] = type;
		flow->parameters[flow->nr_parameters++] = piece_from(item, at);
	}
}

void ir_flow_init(struct ir_flow *flow, const struct ir_function *function)
{
	*flow = (struct ir_flow){ .function = function };
	flow->defined = must_alloc(function->nr_lines, sizeof(*flow->defined));
	for (size_t i = 0; i < function->nr_lines; i++) {
		if (function->lines[i].result.length)
			flow->defined[flow->nr_defined++] = &function->lines[i];
	}
	if (flow->nr_defined)
		qsort(flow->defined, flow->nr_defined, sizeof(*flow->defined),
		      compare_lines);
	read_parameters(flow);
}

static void push(struct walk *walk, struct piece value)
{
	if (!piece_has_prefix(value, "%") || walk->nr >= MOST_VALUES)
		return;
	for (size_t i = 0; i < walk->nr; i++) {
		if (!compare_pieces(walk->values[i], value))
			return;
	}
	walk->values = must_room(walk->values, walk->nr, &walk->capacity,
				 sizeof(struct piece));
	walk->values[walk->nr++] = value;
}

/* Every %name in @text; labels among them have no definition and do no harm. */
static void push_all(struct walk *walk, struct piece text)
{
	size_t at;

	while ((at = scan_find(text, "%")) < text.length) {
		text = piece_from(text, at);
		push(walk, (struct piece){ text.start, scan_name(text) });
		text = piece_from(text, scan_name(text));
	}
}

/* Values stored into the local @name. */
static void push_stored(struct walk *walk, struct piece name)
{
	const struct ir_function *function = walk->flow->function;
	struct piece list, value, place;

	for (size_t i = 0; i < function->nr_lines; i++) {
		struct piece text = function->lines[i].text;

		if (!piece_has_prefix(text, "store "))
			continue;
		list = piece_from(text, strlen("store "));
		if (!scan_item(&list, &value) || !scan_item(&list, &place))
			continue;
		place = piece_from(place, scan_find(place, "%"));
		if (!compare_pieces(place, name))
			push_all(walk, value);
	}
}

static bool is_arithmetic_call(const struct ir_line *line)
{
	struct ir_call call;

	return ir_parse_call(line, &call) &&
	       (piece_has_prefix(call.callee, "llvm.umul") ||
		piece_has_prefix(call.callee, "llvm.uadd") ||
		piece_has_prefix(call.callee, "llvm.umax") ||
		piece_has_prefix(call.callee, "llvm.umin") ||
		piece_has_prefix(call.callee, "llvm.smax") ||
		piece_has_prefix(call.callee, "llvm.expect"));
}

static bool is_followed(const struct ir_line *line)
{
	static const char *const opcodes[] = {
		"add",	   "sub",      "mul",	       "shl",
		"lshr",	   "or",       "and",	       "phi",
		"zext",	   "sext",     "trunc",	       "freeze",
		"select",  "udiv",     "extractvalue", "getelementptr",
		"bitcast", "inttoptr", "ptrtoint",     "insertvalue",
	};
	struct piece rest = line->text, word;

	if (!piece_next_word(&rest, &word))
		return false;
	for (size_t i = 0; i < sizeof(opcodes) / sizeof(*opcodes); i++) {
		if (piece_is(word, opcodes[i]))
			return true;
	}
	return is_arithmetic_call(line);
}

/* Pushes what @line is computed from. */
static void follow(struct walk *walk, const struct ir_line *line)
{
	if (piece_has_prefix(line->text, "load "))
		push_all(walk, line->text);
	else if (piece_has_prefix(line->text, "alloca "))
		push_stored(walk, line->result);
	else if (is_followed(line))
		push_all(walk, line->text);
}

/* A load is followed to a local alone: what else memory holds is not known. */
static bool is_blind_load(const struct ir_flow *flow,
			  const struct ir_line *line)
{
	const struct ir_line *from;
	struct piece place;

	if (!piece_has_prefix(line->text, "load "))
		return false;
	place = piece_from(line->text, scan_find(line->text, "%"));
	place.length = place.length ? scan_name(place) : 0;
	from = find_definition(flow, place);
	return !from || !piece_has_prefix(from->text, "alloca ");
}

/* Follows all there is; true when @target was met. */
static bool walk_all(struct walk *walk, const struct ir_line *target)
{
	for (size_t i = 0; i < walk->nr; i++) {
		const struct ir_line *line =
			find_definition(walk->flow, walk->values[i]);

		if (!line || is_blind_load(walk->flow, line))
			continue;
		if (line == target)
			return true;
		follow(walk, line);
	}
	return false;
}

static void push_returned(struct walk *walk)
{
	const struct ir_function *function = walk->flow->function;

	for (size_t i = 0; i < function->nr_lines; i++) {
		struct piece text = function->lines[i].text;

		if (piece_has_prefix(text, "ret ptr "))
			push_all(walk, text);
	}
}

/* Follows all there is; the parameters met, a bit each. */
static uint64_t walk_to_parameters(struct walk *walk)
{
	const struct ir_flow *flow = walk->flow;
	uint64_t bits = 0;

	walk_all(walk, NULL);
	for (size_t i = 0; i < walk->nr; i++) {
		for (size_t k = 0; k < flow->nr_parameters; k++) {
			if (!compare_pieces(flow->parameters[k],
					    walk->values[i]))
				bits |= 1ul << k;
		}
	}
	free(walk->values);
	return bits;
}

uint64_t ir_flow_parameters(const struct ir_flow *flow, struct piece value)
{
	struct walk walk = { .flow = flow };

	push(&walk, value);
	return walk_to_parameters(&walk);
}

uint64_t ir_flow_returned(const struct ir_flow *flow)
{
	struct walk walk = { .flow = flow };

	push_returned(&walk);
	return walk_to_parameters(&walk);
}

bool ir_flow_returns(const struct ir_flow *flow, const struct ir_line *from)
{
	struct walk walk = { .flow = flow };
	bool is_met;

	push_returned(&walk);
	is_met = walk_all(&walk, from);
	free(walk.values);
	return is_met;
}

void ir_flow_fini(struct ir_flow *flow)
{
	free(flow->defined);
}
