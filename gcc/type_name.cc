/* SPDX-License-Identifier: Apache-2.0 */
/* type_name: clang's names of GCC's types; contract in type_name.h. */
#include "gcc/gcc.h"

#include "gcc/type_name.h"

/* Stands where clang's spelling cannot be had: then all has none. */
static const char nameless[] = "\1";

static const struct {
	integer_type_kind kind;
	const char *name;
} integers[] = {
	{ itk_char, "char" },
	{ itk_signed_char, "signed char" },
	{ itk_unsigned_char, "unsigned char" },
	{ itk_short, "short" },
	{ itk_unsigned_short, "unsigned short" },
	{ itk_int, "int" },
	{ itk_unsigned_int, "unsigned int" },
	{ itk_long, "long" },
	{ itk_unsigned_long, "unsigned long" },
	{ itk_long_long, "long long" },
	{ itk_unsigned_long_long, "unsigned long long" },
};

static std::string spell(tree type, const std::string &inner);

static std::string name_of_number(tree type)
{
	tree name = TYPE_NAME(type);

	for (const auto &each : integers) {
		if (type == integer_types[each.kind])
			return each.name;
	}
	if (type == float128_type_node)
		return "__float128";
	if (!name)
		return nameless;
	if (TREE_CODE(name) == TYPE_DECL)
		name = DECL_NAME(name);
	if (!strcmp(IDENTIFIER_POINTER(name), "__int128 unsigned"))
		return "unsigned __int128";
	return IDENTIFIER_POINTER(name);
}

/* "(unnamed struct at x.c:3:9)" */
static std::string name_of_place(tree type)
{
	const char *kind = TREE_CODE(type) == ENUMERAL_TYPE ? "enum"
			   : TREE_CODE(type) == UNION_TYPE  ? "union"
							    : "struct";
	expanded_location at;

	if (!TYPE_STUB_DECL(type))
		return nameless;
	at = expand_location(DECL_SOURCE_LOCATION(TYPE_STUB_DECL(type)));
	return std::string("(unnamed ") + kind + " at " + at.file + ":" +
	       std::to_string(at.line) + ":" + std::to_string(at.column) + ")";
}

/* The first typedef of a type without a tag, or NULL_TREE. */
static tree typedef_of(tree type)
{
	tree name = NULL_TREE;

	/* The youngest variant comes first. */
	for (tree each = TYPE_NEXT_VARIANT(type); each;
	     each = TYPE_NEXT_VARIANT(each)) {
		tree decl = TYPE_NAME(each);

		if (decl && TREE_CODE(decl) == TYPE_DECL &&
		    DECL_ORIGINAL_TYPE(decl) == type)
			name = decl;
	}
	return name;
}

/* A tag, or the typedef that stands for it. */
static std::string name_of_tag(tree type)
{
	tree name = TYPE_NAME(type) ? TYPE_NAME(type) : typedef_of(type);

	if (!name)
		return name_of_place(type);
	if (TREE_CODE(name) == TYPE_DECL)
		name = DECL_NAME(name);
	return IDENTIFIER_POINTER(name);
}

/* "[4]", "[]" */
static std::string bounds_of(tree type)
{
	tree domain = TYPE_DOMAIN(type);
	tree last = domain ? TYPE_MAX_VALUE(domain) : NULL_TREE;
	tree size = TYPE_SIZE(type);

	if (size && integer_zerop(size))
		return "[0]";
	if (!last)
		return "[]";
	if (TREE_CODE(last) != INTEGER_CST)
		return nameless;
	return "[" + std::to_string(TREE_INT_CST_LOW(last) + 1ull) + "]";
}

/* "(int, char *)" */
static std::string parameters_of(tree type)
{
	std::string text;
	bool is_open = true;

	if (!prototype_p(type))
		return "()";
	for (tree each = TYPE_ARG_TYPES(type); each; each = TREE_CHAIN(each)) {
		if (each == void_list_node) {
			is_open = false;
			break;
		}
		text += (text.empty() ? "" : ", ") +
			spell(TYPE_MAIN_VARIANT(TREE_VALUE(each)), "");
	}
	if (is_open)
		text += text.empty() ? "..." : ", ...";
	return "(" + (text.empty() ? "void" : text) + ")";
}

static std::string qualifiers_of(tree type)
{
	std::string text;

	if (TYPE_READONLY(type))
		text += " const";
	if (TYPE_VOLATILE(type))
		text += " volatile";
	if (TYPE_RESTRICT(type))
		text += " restrict";
	return text.empty() ? text : text.substr(1);
}

/* What of a type is no pointer, array or function stands before all else. */
static std::string spell_base(tree type)
{
	tree plain = TYPE_MAIN_VARIANT(type);

	if (TYPE_ATOMIC(type))
		return "_Atomic(" +
		       spell(build_qualified_type(type, TYPE_UNQUALIFIED), "") +
		       ")";
	switch (TREE_CODE(type)) {
	case VOID_TYPE:
		return "void";
	case BOOLEAN_TYPE:
		return "_Bool";
	case INTEGER_TYPE:
	case REAL_TYPE:
		return name_of_number(plain);
	case COMPLEX_TYPE:
		return "_Complex " + spell(TREE_TYPE(type), "");
	case VECTOR_TYPE:
		return "__attribute__((__vector_size__(" +
		       std::to_string(
			       TYPE_VECTOR_SUBPARTS(type).to_constant()) +
		       " * sizeof(" + spell(TREE_TYPE(type), "") + ")))) " +
		       spell(TREE_TYPE(type), "");
	case RECORD_TYPE:
	case UNION_TYPE:
	case ENUMERAL_TYPE:
		return name_of_tag(plain);
	default:
		return nameless;
	}
}

/* @inner: what has been spelled of the declarator, from the inside out. */
static std::string spell(tree type, const std::string &inner)
{
	std::string words = qualifiers_of(type), text;
	tree target = TREE_TYPE(type);

	switch (TYPE_ATOMIC(type) ? ERROR_MARK : TREE_CODE(type)) {
	case POINTER_TYPE:
		text = "*" + words;
		if (!words.empty() && inner[0] == '*')
			text += " ";
		text += inner;
		if (TREE_CODE(target) == ARRAY_TYPE ||
		    TREE_CODE(target) == FUNCTION_TYPE)
			text = "(" + text + ")";
		return spell(target, text);
	case ARRAY_TYPE:
		return spell(target, inner + bounds_of(type));
	case FUNCTION_TYPE:
		return spell(target, inner + parameters_of(type));
	default:
		text = words.empty() ? words : words + " ";
		text += spell_base(type);
		if (!inner.empty() && inner[0] != '[')
			text += " ";
		return text + inner;
	}
}

/* Whether it is uintptr_t or a name for it: clang takes it for a pointer. */
static bool is_handle(tree type)
{
	tree name = TYPE_NAME(type);

	while (name && TREE_CODE(name) == TYPE_DECL) {
		if (!strcmp(IDENTIFIER_POINTER(DECL_NAME(name)), "uintptr_t"))
			return true;
		type = DECL_ORIGINAL_TYPE(name);
		name = type ? TYPE_NAME(type) : NULL_TREE;
	}
	return false;
}

bool type_holds_pointer(tree type)
{
	if (TYPE_ATOMIC(type))
		return false;
	if (TREE_CODE(type) == POINTER_TYPE || is_handle(type))
		return true;
	/* An array's elements have no typedefs left there. */
	if (TREE_CODE(type) == ARRAY_TYPE)
		return !TYPE_ATOMIC(TREE_TYPE(type)) &&
		       type_holds_pointer(TYPE_MAIN_VARIANT(TREE_TYPE(type)));
	if (TREE_CODE(type) != RECORD_TYPE && TREE_CODE(type) != UNION_TYPE)
		return false;
	for (tree each = TYPE_FIELDS(type); each; each = DECL_CHAIN(each)) {
		if (TREE_CODE(each) == FIELD_DECL &&
		    type_holds_pointer(TREE_TYPE(each)))
			return true;
	}
	return false;
}

/* Of a struct that is only declared clang says nothing. */
static bool is_incomplete(tree type)
{
	while (TREE_CODE(type) == ARRAY_TYPE)
		type = TREE_TYPE(type);
	return (TREE_CODE(type) == RECORD_TYPE ||
		TREE_CODE(type) == UNION_TYPE) &&
	       !COMPLETE_TYPE_P(type);
}

std::string type_name(tree type)
{
	if (is_incomplete(type))
		return "";
	std::string text = spell(type, "");

	return text.find(nameless) == std::string::npos ? text : "";
}
