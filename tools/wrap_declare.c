/* SPDX-License-Identifier: Apache-2.0 */
/* wrap_declare: C declarations out of debug information; see wrap.h. */
#include "tools/wrap.h"

#include "tools/ir_scan.h"
#include "tools/must.h"

#include <stdlib.h>
#include <string.h>

/* Qualifiers, pointers and typedefs around one type. */
#define MOST_DEPTH 16

static bool is_tag(struct piece text, const char *tag)
{
	struct piece rest = piece_from(text, scan_find(text, "tag: "));

	rest = piece_from(rest, strlen("tag: "));
	rest.length = scan_find(rest, ",");
	return piece_is(rest, tag);
}

static const char *keep_and_free(char *text)
{
	const char *kept = must_keep_string(text);

	free(text);
	return kept;
}

/* "struct NAME", or NULL where it has no tag. */
static const char *tagged(struct piece text, const char *keyword)
{
	struct piece name = { "", 0 };

	scan_string(text, "name", &name);
	/* What va_list is made of cannot be declared once more. */
	if (!name.length || piece_is(name, "__va_list_tag"))
		return NULL;
	return keep_and_free(must_print("%s %s", keyword, ir_keep_plain(name)));
}

static const char *type_of(const struct ir_module *module, long number,
			   int depth);

/* What @text qualifies or points to, and @suffix. */
static const char *derived(const struct ir_module *module, struct piece text,
			   const char *suffix, int depth)
{
	const char *base =
		type_of(module, scan_reference(text, "baseType"), depth + 1);

	return base ? keep_and_free(must_print("%s%s", base, suffix)) : NULL;
}

/* The C spelling of a type: typedefs are looked through. NULL: has none. */
static const char *type_of(const struct ir_module *module, long number,
			   int depth)
{
	static const struct {
		const char *tag;
		const char *suffix;
	} around[] = {
		{ "DW_TAG_pointer_type", " *" },
		{ "DW_TAG_const_type", " const" },
		{ "DW_TAG_volatile_type", " volatile" },
		{ "DW_TAG_restrict_type", " __restrict" },
		{ "DW_TAG_typedef", "" },
	};
	struct piece text = ir_metadata(module, number);
	struct piece name = { "", 0 };

	if (number < 0)
		return "void";
	if (depth > MOST_DEPTH)
		return NULL;
	if (scan_has(text, "!DIBasicType(")) {
		scan_string(text, "name", &name);
		return name.length ? ir_keep_plain(name) : NULL;
	}
	for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++) {
		if (is_tag(text, around[i].tag))
			return derived(module, text, around[i].suffix, depth);
	}
	if (is_tag(text, "DW_TAG_structure_type"))
		return tagged(text, "struct");
	if (is_tag(text, "DW_TAG_union_type"))
		return tagged(text, "union");
	return NULL;
}

/* Takes "!12" or "null" off a list of types; -2 for the latter. */
static bool next_type(struct piece *list, long *number)
{
	struct piece item;
	uint64_t value;

	if (!scan_item(list, &item))
		return false;
	*number = -2;
	if (piece_has_prefix(item, "!") &&
	    piece_to_number(piece_from(item, 1), &value))
		*number = value;
	return true;
}

/* The types of a function, result first: "!{!1, !2}" without the brackets. */
static struct piece signature_of(const struct ir_module *module, long number)
{
	struct piece text = ir_metadata(module, number);

	text = ir_metadata(module, scan_reference(text, "type"));
	text = ir_metadata(module, scan_reference(text, "types"));
	if (!piece_has_prefix(text, "!{") || text.length < 3)
		return (struct piece){ "", 0 };
	return (struct piece){ text.start + 2, text.length - 3 };
}

static bool cut(struct piece *text, const char *ending)
{
	size_t n = strlen(ending);

	if (text->length < n ||
	    memcmp(text->start + text->length - n, ending, n))
		return false;
	text->length -= n;
	return true;
}

/* A parameter's own qualifiers are no part of the function's type. */
static struct piece unqualified(const char *type)
{
	struct piece text = { type, strlen(type) };

	while (cut(&text, " const") || cut(&text, " volatile") ||
	       cut(&text, " __restrict"))
		;
	return text;
}

void wrap_declare(struct wrap_function *function,
		  const struct ir_module *module, long number)
{
	struct piece list = signature_of(module, number);
	struct piece name = { "", 0 };
	const char *type, *arguments = "";
	long each;

	if (!next_type(&list, &each)) {
		function->unwritable = "its types are not in the IR (-g)";
		return;
	}
	function->declaration = NULL;
	function->unwritable = "the source calls it otherwise (__asm__)";
	scan_string(ir_metadata(module, number), "name", &name);
	if (strcmp(ir_keep_plain(name), function->name) &&
	    strncmp(function->name, "_Z", 2))
		return;
	type = type_of(module, each, 0);
	function->unwritable = "one of its types has no name of its own";
	if (!type)
		return;
	while (next_type(&list, &each)) {
		const char *qualified = type_of(module, each, 0);
		struct piece one;

		if (!qualified || each < 0)
			return;
		one = unqualified(qualified);
		arguments = keep_and_free(must_print(
			"%s%s%.*s", arguments, *arguments ? ", " : "",
			(int)one.length, one.start));
	}
	function->unwritable = NULL;
	function->declaration =
		keep_and_free(must_print("%s %s(%s)", type, function->name,
					 *arguments ? arguments : "void"));
}
