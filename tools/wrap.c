/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: which functions are wrappers; contract in wrap.h. */
#include "tools/wrap.h"

#include "tools/command.h"
#include "tools/must.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* Which arguments of the family's functions make the size. */
static const struct {
	const char *name;
	uint64_t sizes;
} family[] = {
	{ "malloc", 1 },	 { "valloc", 1 },   { "pvalloc", 1 },
	{ "calloc", 3 },	 { "realloc", 2 },  { "reallocf", 2 },
	{ "reallocarray", 6 },	 { "memalign", 2 }, { "aligned_alloc", 2 },
	{ "posix_memalign", 4 }, { "_Znwm", 1 },    { "_Znam", 1 },
};

static bool is_of_family(const char *name, uint64_t *sizes)
{
	for (size_t i = 0; i < sizeof(family) / sizeof(*family); i++) {
		if (!strcmp(family[i].name, name)) {
			*sizes = family[i].sizes;
			return true;
		}
	}
	return false;
}

bool wrap_is_family(const char *name)
{
	uint64_t sizes;

	return is_of_family(name, &sizes) || !strncmp(name, "_Znwm", 5) ||
	       !strncmp(name, "_Znam", 5) ||
	       !strncmp(name, "__size_returning_new", 20);
}

/* Arguments of the callee that make the size; false: it does not allocate. */
static bool sizes_of(const struct wraps *wraps, const char *callee,
		     uint64_t *sizes)
{
	const struct wrap_function *function;

	if (!callee)
		return false;
	if (is_of_family(callee, sizes))
		return true;
	function = wrap_find(wraps, callee);
	if (!function || !function->is_wrapper)
		return false;
	*sizes = function->size_arguments;
	return true;
}

/* A pointer among them is an old block or a string, no size. */
static uint64_t numbers_among(const struct wrap_function *function,
			      uint64_t arguments)
{
	uint64_t numbers = 0;

	for (size_t i = 0; i < function->nr_arguments; i++) {
		if ((arguments >> i & 1) &&
		    strcmp(function->types[i], "void *"))
			numbers |= 1ul << i;
	}
	return numbers;
}

/* Of its sizes, one is how many and one how large. */
static bool multiplies(const struct wraps *wraps, const char *callee)
{
	const struct wrap_function *function;

	if (!strcmp(callee, "calloc") || !strcmp(callee, "reallocarray"))
		return true;
	function = wrap_find(wraps, callee);
	return function && wrap_size_of(function) == WRAP_PRODUCT;
}

/* What @edge adds to what is known of the function it leaves. */
static bool follow(struct wraps *wraps, const struct wrap_edge *edge)
{
	struct wrap_function *from = wrap_find(wraps, edge->from);
	uint64_t sizes, made_of = 0;

	if (!from || from->is_chosen || from->is_excepted ||
	    !sizes_of(wraps, edge->to, &sizes))
		return false;
	for (size_t i = 0; i < WRAP_MOST_ARGUMENTS; i++) {
		if (sizes >> i & 1)
			made_of |= numbers_among(from, edge->arguments[i]);
	}
	if (!made_of || (from->is_wrapper && (from->size_arguments | made_of) ==
						     from->size_arguments))
		return false;
	if (multiplies(wraps, edge->to))
		from->multiplies = true;
	from->is_wrapper = true;
	from->size_arguments |= made_of;
	return true;
}

/* What is handed to one that may return it may be returned by the caller. */
static bool follow_returned(struct wraps *wraps, const struct wrap_edge *edge)
{
	struct wrap_function *from = wrap_find(wraps, edge->from);
	const struct wrap_function *to =
		edge->to ? wrap_find(wraps, edge->to) : NULL;
	uint64_t returned = 0;

	if (!from || !to || !to->returned)
		return false;
	for (size_t i = 0; i < WRAP_MOST_ARGUMENTS; i++) {
		if (to->returned >> i & 1)
			returned |= edge->arguments[i];
	}
	returned &= ~numbers_among(from, returned);
	if (!(returned & ~from->returned))
		return false;
	from->returned |= returned;
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

void wrap_take_static(struct wraps *wraps, const char *name)
{
	if (!tsearch(name, &wraps->statics, compare_names))
		err(COMMAND_FAILED, "memory");
}

static void mark_statics(struct wraps *wraps)
{
	for (size_t i = 0; i < wraps->nr_functions; i++) {
		struct wrap_function *function = &wraps->functions[i];

		function->is_static =
			tfind(function->name, &wraps->statics, compare_names);
	}
}

void wrap_resolve(struct wraps *wraps)
{
	bool has_changed = true;

	mark_statics(wraps);
	while (has_changed) {
		has_changed = false;
		for (size_t i = 0; i < wraps->nr_edges; i++) {
			has_changed |= follow(wraps, &wraps->edges[i]);
			has_changed |= follow_returned(wraps, &wraps->edges[i]);
		}
	}
}

bool wrap_is_candidate(const struct wraps *wraps,
		       const struct wrap_function *function)
{
	if (function->is_wrapper)
		return false;
	for (size_t i = 0; i < wraps->nr_edges; i++) {
		const struct wrap_edge *edge = &wraps->edges[i];

		if (edge->to || strcmp(edge->from, function->name))
			continue;
		for (size_t k = 0; k < WRAP_MOST_ARGUMENTS; k++) {
			if (numbers_among(function, edge->arguments[k]))
				return true;
		}
	}
	return false;
}

/* ":2" or ":1*2" behind a name; false: something else. */
static bool read_sizes(const char *text, struct wrap_function *function)
{
	uint64_t sizes = 0;
	char *end;

	do {
		unsigned long number = strtoul(text, &end, 10);

		if (end == text || !number || number > function->nr_arguments ||
		    !numbers_among(function, 1ul << (number - 1)))
			return false;
		sizes |= 1ul << (number - 1);
		text = end + 1;
	} while (*end == '*');
	function->size_arguments = sizes;
	function->multiplies = true;
	return !*end;
}

/* The only number among the arguments, or all of them. */
static void guess_sizes(struct wrap_function *function)
{
	if (!function->is_wrapper)
		function->size_arguments = numbers_among(function, ~0ul);
}

static struct wrap_function *find_named(const struct wraps *wraps,
					const char *name)
{
	struct wrap_function *function = wrap_find(wraps, name);

	if (!function)
		warnx("%s: neither defined nor called in what was compiled",
		      name);
	return function;
}

bool wrap_except(struct wraps *wraps, const char *name)
{
	struct wrap_function *function = find_named(wraps, name);

	if (!function)
		return false;
	if (function->is_rewritten) {
		warnx("%s: declared as an allocator by the program itself: "
		      "the compiler takes it for one in any case",
		      name);
		return false;
	}
	function->is_excepted = true;
	return true;
}

bool wrap_choose(struct wraps *wraps, const char *word)
{
	const char *colon = strchr(word, ':');
	size_t length = colon ? (size_t)(colon - word) : strlen(word);
	const char *name = must_keep((struct piece){ word, length });
	struct wrap_function *function = find_named(wraps, name);

	if (!function)
		return false;
	if (function->is_excepted) {
		warnx("%s: asked for by its name, and excepted: leave one out",
		      name);
		return false;
	}
	if (colon && !read_sizes(colon + 1, function)) {
		warnx("%s: '%s' names no numbers among the %zu arguments of %s",
		      word, colon + 1, function->nr_arguments, name);
		return false;
	}
	if (!colon)
		guess_sizes(function);
	function->is_wrapper = true;
	function->is_chosen = true;
	return true;
}

enum wrap_size wrap_size_of(const struct wrap_function *function)
{
	switch (__builtin_popcountl(function->size_arguments)) {
	case 0:
		return WRAP_NO_SIZE;
	case 1:
		return WRAP_ONE;
	default:
		return function->multiplies ? WRAP_PRODUCT : WRAP_SUM;
	}
}

const char *wrap_obstacle(const struct wrap_function *function)
{
	if (function->is_static && function->is_public)
		return "also static in another file: one header serves all";
	if (function->is_static)
		return "static: a twin outside its file cannot call it";
	if (function->is_ambiguous)
		return "declared in two ways: one header serves all files";
	if (!strncmp(function->name, "_Z", 2))
		return "C++: its name cannot be declared from outside";
	if (function->is_variadic)
		return "variadic: the compiler does not rewrite such calls";
	if (function->result && strcmp(function->result, "void *"))
		return "it does not return the block";
	if (!function->is_simple)
		return "it passes structs, more arguments than a shim takes, "
		       "or not as C does";
	if (!function->is_rewritten && !function->declaration)
		return function->unwritable ? function->unwritable
					    : "its declaration is not known";
	return NULL;
}

static void keep_name(void *name)
{
	(void)name;
}

void wrap_fini(struct wraps *wraps)
{
	free(wraps->functions);
	free(wraps->edges);
	tdestroy(wraps->statics, keep_name);
}
