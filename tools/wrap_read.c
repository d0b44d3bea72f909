/* SPDX-License-Identifier: Apache-2.0 */
/* wrap_read: functions and who asks whom for memory; see wrap.h. */
#include "tools/wrap.h"

#include "tools/audit.h"
#include "tools/ir_flow.h"
#include "tools/ir_scan.h"
#include "tools/ir_typed.h"
#include "tools/must.h"

#include <stdlib.h>
#include <string.h>

struct wrap_function *wrap_find(const struct wraps *wraps, const char *name)
{
	for (size_t i = 0; i < wraps->nr_functions; i++) {
		if (!strcmp(wraps->functions[i].name, name))
			return &wraps->functions[i];
	}
	return NULL;
}

static struct wrap_function *find_or_add(struct wraps *wraps, const char *name)
{
	struct wrap_function *found = wrap_find(wraps, name);

	if (found)
		return found;
	wraps->functions = must_room(wraps->functions, wraps->nr_functions,
				     &wraps->capacity, sizeof(*found));
	found = &wraps->functions[wraps->nr_functions++];
	*found = (struct wrap_function){ .name = name };
	return found;
}

/* The C type that a value of this type of IR is passed as; NULL: others. */
static const char *abi_type(struct piece type)
{
	static const struct {
		const char *ir;
		const char *c;
	} types[] = {
		{ "ptr", "void *" },  { "i64", "unsigned long" },
		{ "i32", "int" },     { "double", "double" },
		{ "float", "float" }, { "void", "void" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (piece_is(type, types[i].ir))
			return types[i].c;
	}
	return NULL;
}

/* The last type before the name: attributes stand in front of it. */
static struct piece result_of(struct piece head)
{
	struct piece before = { head.start, scan_find(head, "@") };
	size_t from;

	before = piece_trim(before);
	from = before.length;
	while (from && before.start[from - 1] != ' ')
		from--;
	return piece_from(before, from);
}

static void read_types(struct wrap_function *function, struct piece head)
{
	struct piece rest = piece_from(head, scan_find(head, "@"));
	struct piece item;
	size_t length;

	rest = piece_from(rest, rest.length ? scan_name(rest) : 0);
	length = scan_brackets(rest);
	function->result = abi_type(result_of(head));
	/* "win64cc", "preserve_mostcc" */
	function->is_simple = function->result && length >= 2 &&
			      scan_find(head, "cc ") > scan_find(head, "@");
	function->is_variadic = false;
	function->nr_arguments = 0;
	if (length < 2)
		return;
	rest = (struct piece){ rest.start + 1, length - 2 };
	while (scan_item(&rest, &item)) {
		struct piece type = item;

		type.length = scan_find(type, " ");
		if (piece_is(item, "..."))
			function->is_variadic = true;
		else if (function->nr_arguments == WRAP_MOST_ARGUMENTS ||
			 !abi_type(type) || scan_has(item, "byval"))
			function->is_simple = false;
		else
			function->types[function->nr_arguments++] =
				abi_type(type);
	}
}

/* The attributes of a function, in a line of their own, tell of the keyword. */
static bool is_inline(const struct ir_module *module, struct piece head)
{
	struct piece number = piece_from(head, scan_find(head, " #") + 2);
	struct piece line = module->text;
	char *begin;

	number.length = scan_find(number, " ");
	if (!number.length)
		return false;
	begin = must_print("\nattributes #%.*s = ", (int)number.length,
			   number.start);
	line = piece_from(line, scan_find(line, begin) + 1);
	free(begin);
	line.length = scan_find(line, "\n");
	return scan_has(line, " inlinehint ");
}

/* C++ has other names for the same types, and does not see the header. */
static bool is_other(const struct wrap_function *function,
		     const struct wrap_function *told,
		     const struct ir_module *module)
{
	return function->is_public && function->declaration &&
	       told->declaration &&
	       strcmp(function->declaration, told->declaration) &&
	       !scan_has(module->text, "DW_LANG_C_plus_plus");
}

/* "define" or "declare": what it says of the function. */
static struct wrap_function *take_head(struct wraps *wraps,
				       const struct ir_module *module,
				       struct piece head, bool is_definition)
{
	const char *name = ir_keep_plain(scan_global(head));
	struct wrap_function *function = find_or_add(wraps, name);
	struct wrap_function told = { .name = name };
	bool is_static =
		scan_has((struct piece){ head.start, scan_find(head, "@") },
			 "internal ");

	wrap_declare(&told, module, ir_attached(head, "dbg"));
	if (is_static)
		wrap_take_static(wraps, name);
	else
		function->is_ambiguous |= is_other(function, &told, module);
	function->is_public |= !is_static;
	if (function->is_defined ||
	    (function->is_simple && (!is_definition || is_static)))
		return function;
	read_types(function, head);
	function->is_defined = is_definition && !is_static;
	function->is_inline = is_definition && is_inline(module, head);
	function->declaration = told.declaration;
	function->unwritable = told.unwritable;
	return function;
}

/* Where all calls of a function were inlined, its name is left. */
static void take_statics(struct wraps *wraps, const struct ir_module *module)
{
	for (size_t i = 0; i < module->nr_metadata; i++) {
		struct piece text = ir_metadata(module, i);
		struct piece name = { "", 0 };

		if (!scan_has(text, "!DISubprogram(") ||
		    !scan_has(text, "DISPFlagLocalToUnit") ||
		    scan_has(text, "linkageName: "))
			continue;
		scan_string(text, "name", &name);
		wrap_take_static(wraps, ir_keep_plain(name));
	}
}

/* In extended mode: declared with the malloc or alloc_size attribute. */
static void take_rewritten(struct wraps *wraps, struct piece head,
			   const char *name)
{
	struct wrap_function *function = find_or_add(wraps, name);

	function->is_rewritten = true;
	if (function->is_simple)
		return;
	read_types(function, head);
	/* The token is the last. */
	if (function->nr_arguments)
		function->nr_arguments--;
}

static void add_edge(struct wraps *wraps, const char *from,
		     const struct ir_flow *flow, const struct ir_call *call)
{
	struct wrap_edge edge = { .from = from };
	const char *callee;
	long number;

	for (size_t i = 0; i < call->nr_arguments && i < WRAP_MOST_ARGUMENTS;
	     i++)
		edge.arguments[i] =
			ir_flow_parameters(flow, call->arguments[i]);
	if (call->callee.length) {
		edge.to = ir_keep_plain(call->callee);
		callee = audit_callee_of(edge.to, &number);
		if (callee)
			edge.to = must_keep_string(callee);
	}
	wraps->edges = must_room(wraps->edges, wraps->nr_edges,
				 &wraps->edges_capacity, sizeof(edge));
	wraps->edges[wraps->nr_edges++] = edge;
}

static bool takes_a_number(const struct wrap_function *function)
{
	for (size_t i = 0; i < function->nr_arguments; i++) {
		if (strcmp(function->types[i], "void *"))
			return true;
	}
	return false;
}

static uint64_t returned_pointers(const struct ir_flow *flow)
{
	uint64_t returned = ir_flow_returned(flow);

	for (size_t i = 0; i < flow->nr_parameters; i++) {
		if (!piece_is(flow->parameter_types[i], "ptr"))
			returned &= ~(1ul << i);
	}
	return returned;
}

static void take_body(struct wraps *wraps, const char *name,
		      const struct ir_function *body)
{
	struct wrap_function *function = wrap_find(wraps, name);
	struct ir_flow flow;
	struct ir_call call;

	if (!function->result || strcmp(function->result, "void *"))
		return;
	ir_flow_init(&flow, body);
	function->returned |= returned_pointers(&flow);
	for (size_t i = 0; takes_a_number(function) && i < body->nr_lines;
	     i++) {
		const struct ir_line *line = &body->lines[i];

		if (piece_has_prefix(line->text, "mul ") ||
		    scan_has(line->text, "@llvm.umul"))
			function->multiplies = true;
		if (!line->result.length || !ir_parse_call(line, &call) ||
		    piece_has_prefix(call.callee, "llvm.") ||
		    !ir_flow_returns(&flow, line))
			continue;
		add_edge(wraps, name, &flow, &call);
		if (piece_has_prefix(call.callee, "__alloc_token_"))
			function->asks_family = true;
	}
	ir_flow_fini(&flow);
}

static void take_declarations(struct wraps *wraps,
			      const struct ir_module *module)
{
	struct line_cursor cursor;
	struct piece line;
	const char *callee;
	long number;

	line_cursor_init(&cursor, module->text.start, module->text.length);
	while (line_next(&cursor, &line)) {
		if (!piece_has_prefix(line, "declare "))
			continue;
		callee = audit_callee_of(ir_keep_plain(scan_global(line)),
					 &number);
		if (callee && wrap_is_family(callee))
			continue;
		if (callee)
			take_rewritten(wraps, line, must_keep_string(callee));
		else if (!scan_has(line, "@llvm."))
			take_head(wraps, module, line, false);
	}
}

int wrap_read_ir(struct wraps *wraps, struct piece text,
		 struct text_fault *fault)
{
	struct ir_function body = { 0 };
	struct ir_module module;
	struct line_cursor cursor;

	if (ir_init(&module, text, fault) < 0)
		return -1;
	line_cursor_init(&cursor, text.start, text.length);
	while (ir_next_function(&cursor, &body)) {
		struct wrap_function *function =
			take_head(wraps, &module, body.head, true);

		take_body(wraps, function->name, &body);
	}
	take_declarations(wraps, &module);
	take_statics(wraps, &module);
	ir_function_fini(&body);
	ir_fini(&module);
	wraps->nr_modules++;
	return 0;
}

void wrap_read_raw(struct wraps *wraps, struct piece text)
{
	struct ir_typed defined = { 0 }, statics = { 0 };
	struct line_cursor cursor;
	struct piece line;
	const char *name;

	ir_typed_add_defined(&defined, text);
	ir_typed_add_static(&statics, text);
	line_cursor_init(&cursor, text.start, text.length);
	while (ir_typed_next(&cursor, &line)) {
		name = ir_typed_callee(&defined, line);
		if (!name || wrap_is_family(name))
			continue;
		find_or_add(wraps, name)->is_rewritten = true;
		if (ir_typed_callee(&statics, line))
			wrap_take_static(wraps, name);
	}
	ir_typed_fini(&defined);
	ir_typed_fini(&statics);
}
