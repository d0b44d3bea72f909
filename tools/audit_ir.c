/* SPDX-License-Identifier: Apache-2.0 */
/* audit_ir: allocation sites of a module of IR; contract in audit_read.h. */
#include "tools/audit_read.h"

#include "tools/ir.h"
#include "tools/ir_flow.h"
#include "tools/ir_scan.h"
#include "tools/must.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct audit *audit;
	struct ir_module module;
	struct ir_function function;
	struct ir_flow flow;
	bool has_flow;
	struct piece source; /* the file the module was made of */
};

static struct audit_site site_at(const struct reader *reader,
				 struct piece attached)
{
	struct ir_place place =
		ir_place_of(&reader->module, ir_attached(attached, "dbg"));
	const char *folder = ir_keep_plain(place.folder);
	const char *file =
		ir_keep_plain(place.file.length ? place.file : reader->source);

	return (struct audit_site){
		.file = audit_path_in(folder,
				      (struct piece){ file, strlen(file) }),
		.function = ir_keep_plain(reader->function.name),
		.line = place.line,
		.column = place.column,
		.source = FROM_IR,
	};
}

static struct ir_flow *flow_of(struct reader *reader)
{
	if (!reader->has_flow)
		ir_flow_init(&reader->flow, &reader->function);
	reader->has_flow = true;
	return &reader->flow;
}

/* The block is what the function returns, its size what it was asked for. */
static bool is_in_wrapper(struct reader *reader, const struct ir_line *line,
			  const struct ir_call *call)
{
	struct ir_flow *flow = flow_of(reader);
	uint64_t asked = 0;

	for (size_t i = 0; i < call->nr_arguments; i++)
		asked |= ir_flow_parameters(flow, call->arguments[i]);
	return asked && ir_flow_returns(flow, line);
}

/* The token that is passed, by the number in the name or as the argument. */
static uint64_t token_of(const struct ir_call *call, long number)
{
	if (number >= 0)
		return number;
	if (!call->nr_arguments)
		return 0;
	return strtoull(must_keep(call->arguments[call->nr_arguments - 1]),
			NULL, 10);
}

/* By the type beside the call, or where that got lost by the token. */
static void set_kind(const struct reader *reader, const struct ir_call *call,
		     struct audit_site *site)
{
	long type = ir_attached(call->after, "alloc_token");
	uint64_t max = reader->audit->token_max;
	struct piece name;
	bool has_pointer;

	if (ir_type_of(&reader->module, type, &name, &has_pointer)) {
		site->type = ir_keep_plain(name);
		site->kind = has_pointer ? SITE_POINTER : SITE_DATA;
	} else if (type >= 0) {
		site->kind = SITE_TYPED;
	} else if (site->token < AUDIT_SMALL_TOKENS) {
		site->kind = SITE_UNTYPED; /* a fallback, not a type's */
	} else {
		site->kind = audit_kind_of_token(site->token, max);
	}
}

/* A call that the compiler rewrote. */
static void add_rewritten(struct reader *reader, const struct ir_line *line,
			  const struct ir_call *call, const char *callee,
			  long number)
{
	struct audit_site site = site_at(reader, call->after);

	site.callee = must_keep_string(callee);
	site.token = token_of(call, number);
	set_kind(reader, call, &site);
	if (site.kind == SITE_UNTYPED) {
		site.why = why_of_callee(callee);
		if ((site.why == WHY_NOT_TOLD ||
		     site.why == WHY_REALLOCARRAY) &&
		    is_in_wrapper(reader, line, call))
			site.why = WHY_WRAPPER;
	}
	audit_add(reader->audit, &site);
}

static void add_hidden(struct reader *reader, struct piece attached,
		       struct piece callee, enum why why)
{
	struct audit_site site = site_at(reader, attached);

	site.callee = ir_keep_plain(callee);
	site.kind = SITE_HIDDEN;
	site.why = why;
	audit_add(reader->audit, &site);
}

static void take_call(struct reader *reader, const struct ir_line *line,
		      const struct ir_call *call)
{
	const char *callee;
	enum why why;
	long number;

	if (!call->callee.length)
		return;
	why = why_of_plain(call->callee.start, call->callee.length);
	callee = audit_callee_of(ir_keep_plain(call->callee), &number);
	if (callee)
		add_rewritten(reader, line, call, callee, number);
	else if (why != WHY_NOT_TOLD)
		add_hidden(reader, call->after, call->callee, why);
	else if (scan_has(call->before, "noalias "))
		add_hidden(reader, call->after, call->callee, WHY_PLAIN);
}

/* Names of the family in @text that are not called there. */
static void take_addresses(struct reader *reader, struct piece text,
			   struct piece attached)
{
	struct piece name, callee;
	size_t at, length;

	while ((at = scan_find(text, "@")) < text.length) {
		text = piece_from(text, at);
		length = scan_name(text);
		name = (struct piece){ text.start, length };
		callee = scan_global(name);
		text = piece_from(text, length);
		if (!piece_has_prefix(text, "(") &&
		    why_of_plain(callee.start, callee.length) == WHY_PLAIN)
			add_hidden(reader, attached, callee, WHY_POINTER);
	}
}

static void take_function(struct reader *reader)
{
	reader->has_flow = false;
	for (size_t i = 0; i < reader->function.nr_lines; i++) {
		const struct ir_line *line = &reader->function.lines[i];
		struct ir_call call;

		if (!scan_has(line->text, "@"))
			continue;
		if (ir_parse_call(line, &call))
			take_call(reader, line, &call);
		take_addresses(reader, line->text, line->text);
	}
	if (reader->has_flow)
		ir_flow_fini(&reader->flow);
}

/* "@table = global ... @malloc": a variable that begins as an address. */
static void take_variables(struct reader *reader)
{
	struct line_cursor cursor;
	struct piece line;

	reader->function.name = (struct piece){ "", 0 };
	line_cursor_init(&cursor, reader->module.text.start,
			 reader->module.text.length);
	while (line_next(&cursor, &line)) {
		if (!piece_has_prefix(line, "@"))
			continue;
		reader->function.name = scan_global(line);
		line = piece_from(line, scan_name(line));
		take_addresses(reader, line, line);
	}
}

int audit_read_ir(struct audit *audit, struct piece text,
		  struct text_fault *fault)
{
	struct reader reader = { .audit = audit, .source = { "", 0 } };
	struct line_cursor cursor;
	struct piece head =
		piece_from(text, scan_find(text, "\nsource_filename"));

	if (ir_init(&reader.module, text, fault) < 0)
		return -1;
	head.length = scan_find(piece_from(head, 1), "\n") + !!head.length;
	if (scan_has(head, "\"")) {
		head = piece_from(head, scan_find(head, "\"") + 1);
		head.length = scan_find(head, "\"");
		reader.source = head;
	}
	take_variables(&reader);
	line_cursor_init(&cursor, text.start, text.length);
	while (ir_next_function(&cursor, &reader.function))
		take_function(&reader);
	ir_function_fini(&reader.function);
	ir_fini(&reader.module);
	audit->nr_inputs[FROM_IR]++;
	return 0;
}
