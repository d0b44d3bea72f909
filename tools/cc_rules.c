/* SPDX-License-Identifier: Apache-2.0 */
/* cc_rules: types by rule; contract in cc_rules.h. */
#include "tools/cc_rules.h"

#include "tools/ir.h"
#include "tools/ir_scan.h"
#include "tools/ir_typed.h"
#include "tools/must.h"
#include "tools/slabline.h"
#include "tools/source.h"
#include "tools/text.h"
#include "tools/wrap.h"

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What some editors begin a text of UTF-8 with. */
#define MARK "\xef\xbb\xbf"

struct rule {
	struct piece caller; /* or "*" */
	struct piece callee; /* the same */
	struct piece type;
	bool is_pointer;
	bool is_used;
};

struct rules {
	struct rule *list;
	size_t nr;
	size_t capacity;
	uint64_t first; /* metadata that the IR does not number */
};

/* "CALLER:CALLEE", "CALLER" */
static void read_names(struct rule *rule, struct piece who)
{
	size_t colon = scan_find(who, ":");

	rule->caller = (struct piece){ who.start, colon };
	rule->callee = piece_from(who, colon + 1);
	if (colon == who.length)
		rule->callee = (struct piece){ "*", 1 };
}

/* As C writes types and the compiler does not: its own would lie elsewhere. */
static bool has_tag(struct piece type)
{
	return piece_has_prefix(type, "struct ") ||
	       piece_has_prefix(type, "union ") ||
	       piece_has_prefix(type, "enum ") ||
	       piece_has_prefix(type, "class ");
}

/* One line: NULL, or what is wrong with it. */
static const char *read_rule(struct rules *rules, struct piece line)
{
	struct rule rule = { 0 };
	struct piece who, half;

	line.length = scan_find(line, "#");
	line.length = scan_find(line, "\r");
	line = piece_trim(line);
	if (!line.length)
		return NULL;
	if (memchr(line.start, 0, line.length))
		return "a NUL byte: not text";
	if (!piece_next_word(&line, &who) || !piece_next_word(&line, &half))
		return "not CALLER[:CALLEE] data|pointer TYPE";
	read_names(&rule, who);
	rule.is_pointer = piece_is(half, "pointer");
	rule.type = piece_trim(line);
	if ((!rule.is_pointer && !piece_is(half, "data")) ||
	    !rule.caller.length || !rule.callee.length || !rule.type.length ||
	    scan_has(rule.type, "\"") || scan_has(rule.type, "\\"))
		return "not CALLER[:CALLEE] data|pointer TYPE";
	if (has_tag(rule.type))
		return "types are named without struct";
	rules->list = must_room(rules->list, rules->nr, &rules->capacity,
				sizeof(*rules->list));
	rules->list[rules->nr++] = rule;
	return NULL;
}

static int read_rules(struct rules *rules, const char *path,
		      const struct text *text)
{
	struct piece bytes = source_bytes(text);
	struct text_fault fault = { 0 };
	struct line_cursor cursor;
	struct piece line;

	if (piece_has_prefix(bytes, MARK))
		bytes = piece_from(bytes, strlen(MARK));
	line_cursor_init(&cursor, bytes.start, bytes.length);
	while (!fault.what && line_next(&cursor, &line)) {
		fault.what = read_rule(rules, line);
		fault.line = cursor.number;
	}
	if (fault.what)
		source_complain(path, &fault);
	return fault.what ? -1 : 0;
}

static bool fits(struct piece wanted, const char *name)
{
	return piece_is(wanted, "*") || piece_is(wanted, name);
}

/* What an allocator that the line calls by name is called; NULL: none. */
static const char *typeless_callee(struct piece line)
{
	struct piece call = scan_call(line);
	size_t name = scan_find(call, "@");
	struct piece head = { call.start, name };
	struct piece callee = { "", 0 };
	const char *plain;

	if (name < scan_find(call, "(") && !scan_has(line, "!alloc_token"))
		callee = scan_global(call);
	if (!callee.length || piece_has_prefix(callee, "llvm."))
		return NULL;
	plain = ir_keep_plain(callee);
	return scan_has(head, " noalias ") || wrap_is_family(plain) ? plain
								    : NULL;
}

/* The rule for a call in @line of the body of @caller, or NULL. */
static struct rule *rule_of(const struct rules *rules, const char *caller,
			    struct piece line)
{
	const char *callee = typeless_callee(line);

	for (size_t i = 0; callee && i < rules->nr; i++) {
		struct rule *rule = &rules->list[i];

		if (fits(rule->caller, caller) && fits(rule->callee, callee))
			return rule;
	}
	return NULL;
}

/* One more than the highest number of a line "!123 = ..." */
static uint64_t first_free(const struct text *ir)
{
	struct line_cursor cursor;
	struct piece line, digits;
	uint64_t number, first = 0;

	line_cursor_init(&cursor, ir->bytes, ir->length);
	while (line_next(&cursor, &line)) {
		digits = piece_from(line, 1);
		digits.length = scan_find(digits, " ");
		if (piece_has_prefix(line, "!") &&
		    piece_to_number(digits, &number) && number >= first)
			first = number + 1;
	}
	return first;
}

static void write_ir(const struct rules *rules, const struct text *ir, FILE *to)
{
	const char *caller = "";
	struct line_cursor cursor;
	struct piece line;
	struct rule *rule;

	line_cursor_init(&cursor, ir->bytes, ir->length);
	while (ir_typed_next(&cursor, &line)) {
		if (piece_has_prefix(line, "define "))
			caller = ir_keep_plain(scan_global(line));
		rule = rule_of(rules, caller, line);
		fwrite(line.start, 1, line.length, to);
		if (rule) {
			rule->is_used = true;
			fprintf(to, ", !alloc_token !%ju",
				rules->first + (rule - rules->list));
		}
		putc('\n', to);
	}
	for (size_t i = 0; i < rules->nr; i++) {
		rule = &rules->list[i];
		if (rule->is_used)
			fprintf(to, "!%ju = !{!\"%.*s\", i1 %s}\n",
				rules->first + i, (int)rule->type.length,
				rule->type.start,
				rule->is_pointer ? "true" : "false");
	}
}

int cc_rules_apply(const char *path, const char *ir)
{
	struct rules rules = { 0 };
	struct text text, module;
	int status;
	FILE *to;

	if (source_read_file(path, &text) < 0)
		return -1;
	status = read_rules(&rules, path, &text);
	if (!status && source_read_file(ir, &module) < 0)
		status = -1;
	if (!status) {
		rules.first = first_free(&module);
		to = fopen(ir, "we");
		if (to)
			write_ir(&rules, &module, to);
		if (!to || ferror(to) || fclose(to)) {
			warn("%s", ir);
			status = -1;
		}
		text_fini(&module);
	}
	text_fini(&text);
	free(rules.list);
	return status;
}
