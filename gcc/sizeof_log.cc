/* SPDX-License-Identifier: Apache-2.0 */
/* sizeof_log: what was said of sizes; contract in sizeof_log.h. */
#include "gcc/sizeof_log.h"

struct place {
	location_t at;
	tree type;
	tree variable; /* that it initialises, or NULL_TREE */
};

static std::vector<place> places;
static size_t nr_settled; /* places before the last declaration's end */

/* Whoever was asked before. */
static const char *(*ask_next)(int code, const_tree type);

static const line_map_macro *expansion_of(location_t at)
{
	const line_map *map = linemap_lookup(line_table, at);

	return map && linemap_macro_expansion_map_p(map)
		       ? linemap_check_macro(map)
		       : NULL;
}

/*
 * Whether the parser met @a before @b. Tokens of one expansion are numbered in
 * their order; a token of an inner expansion stands where that expansion does.
 * Younger expansions have lower numbers, and the inner one is the younger.
 */
static bool is_before(location_t a, location_t b)
{
	a = get_pure_location(a);
	b = get_pure_location(b);
	while (true) {
		const line_map_macro *of_a = expansion_of(a);
		const line_map_macro *of_b = expansion_of(b);

		if (of_a == of_b)
			return a < b;
		if (of_a && (!of_b || MAP_START_LOCATION(of_a) <
					      MAP_START_LOCATION(of_b)))
			a = of_a->expansion;
		else
			b = of_b->expansion;
	}
}

static bool is_in(location_t at, source_range range)
{
	return !is_before(at, range.m_start) && !is_before(range.m_finish, at);
}

static const char *hear(int code, const_tree type)
{
	tree what = code == CONVERT_EXPR ? c_last_sizeof_arg : NULL_TREE;

	/* A plus of the program's own: the last sizeof was heard before. */
	if (what && (places.empty() || places.back().at != c_last_sizeof_loc))
		places.push_back({ c_last_sizeof_loc,
				   TYPE_P(what) ? what : TREE_TYPE(what),
				   NULL_TREE });
	return ask_next(code, type);
}

void sizeof_log_init(void)
{
	ask_next = targetm.invalid_unary_op;
	targetm.invalid_unary_op = hear;
}

void sizeof_log_start(void)
{
	cpp_define(parse_in, "sizeof=+sizeof");
}

void sizeof_log_take_variable(tree variable)
{
	location_t from = DECL_SOURCE_LOCATION(variable);

	for (; nr_settled < places.size(); nr_settled++) {
		if (!is_before(places[nr_settled].at, from))
			places[nr_settled].variable = variable;
	}
}

tree sizeof_log_find(source_range range, const std::vector<source_range> &holes)
{
	for (const place &each : places) {
		bool is_hidden = !is_in(each.at, range);

		for (size_t i = 0; i < holes.size() && !is_hidden; i++)
			is_hidden = is_in(each.at, holes[i]);
		if (!is_hidden)
			return each.type;
	}
	return NULL_TREE;
}

tree sizeof_log_of_variable(tree variable)
{
	for (const place &each : places) {
		if (each.variable == variable)
			return each.type;
	}
	return NULL_TREE;
}

void sizeof_log_clear(void)
{
	places.clear();
	nr_settled = 0;
}
