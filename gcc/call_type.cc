/* SPDX-License-Identifier: Apache-2.0 */
/* call_type: what memory is wanted for; contract in call_type.h. */
#include "gcc/call_type.h"

#include "gcc/sizeof_log.h"

#include "hash-map.h"

/* What the value of a call was cast to a pointer to, first. */
static hash_map<tree, tree> *casts;

/* Whoever was asked before. */
static tree (*convert_next)(tree type, tree value);

struct walk {
	tree function;
	call_type_visit *visit;
};

/* Notes @type at the calls whose value @value is. */
static void note_cast(tree value, tree type)
{
	switch (TREE_CODE(value)) {
	case CALL_EXPR:
		if (!casts->get(value))
			casts->put(value, type);
		break;
	case COND_EXPR:
		note_cast(TREE_OPERAND(value, 1), type);
		note_cast(TREE_OPERAND(value, 2), type);
		break;
	case COMPOUND_EXPR:
		note_cast(TREE_OPERAND(value, 1), type);
		break;
CASE_CONVERT:
	case SAVE_EXPR:
	case NON_LVALUE_EXPR:
		note_cast(TREE_OPERAND(value, 0), type);
		break;
	default:
		break;
	}
}

/* The parser is about to convert: later it may fold the cast away. */
static tree hear(tree type, tree value)
{
	if (POINTER_TYPE_P(type) && !VOID_TYPE_P(TREE_TYPE(type)))
		note_cast(value, TREE_TYPE(type));
	return convert_next(type, value);
}

void call_type_init(void)
{
	casts = new hash_map<tree, tree>;
	convert_next = targetm.convert_to_type;
	targetm.convert_to_type = hear;
}

static tree see(tree *at, int *, void *context)
{
	const struct walk *walk = (const struct walk *)context;

	if (TREE_CODE(*at) == CALL_EXPR)
		walk->visit(at, walk->function);
	return NULL_TREE;
}

void call_type_each(tree function, call_type_visit *visit)
{
	struct walk walk = { function, visit };

	walk_tree_without_duplicates(&DECL_SAVED_TREE(function), see, &walk);
}

static tree gather_calls(tree *at, int *, void *context)
{
	std::vector<source_range> *holes = (std::vector<source_range> *)context;

	if (TREE_CODE(*at) == CALL_EXPR)
		holes->push_back(
			get_range_from_loc(line_table, EXPR_LOCATION(*at)));
	return NULL_TREE;
}

/* Whether a sizeof in an argument of this form says what the memory is for. */
static bool can_tell(tree argument)
{
	switch (TREE_CODE(argument)) {
	case INTEGER_CST:
	case PLUS_EXPR:
	case MINUS_EXPR:
	case MULT_EXPR:
	case TRUNC_DIV_EXPR:
	case EXACT_DIV_EXPR:
	case LSHIFT_EXPR:
	case RSHIFT_EXPR:
		return true;
	default:
		return false;
	}
}

static tree type_of_variables(tree call)
{
	for (int i = 0; i < call_expr_nargs(call); i++) {
		tree argument =
			tree_strip_nop_conversions(CALL_EXPR_ARG(call, i));
		tree type = TREE_CODE(argument) == VAR_DECL
				    ? sizeof_log_of_variable(argument)
				    : NULL_TREE;

		if (type)
			return type;
	}
	return NULL_TREE;
}

tree call_type(tree call)
{
	std::vector<source_range> holes;
	bool has_form = false;
	tree type = NULL_TREE;

	for (int i = 0; i < call_expr_nargs(call); i++) {
		tree *argument = &CALL_EXPR_ARG(call, i);

		walk_tree_without_duplicates(argument, gather_calls, &holes);
		has_form |= can_tell(tree_strip_nop_conversions(*argument));
	}
	if (has_form)
		type = sizeof_log_find(
			get_range_from_loc(line_table, EXPR_LOCATION(call)),
			holes);
	if (!type)
		type = type_of_variables(call);
	if (!type && casts->get(call))
		type = *casts->get(call);
	return type;
}

void call_type_clear(void)
{
	casts->empty();
}
