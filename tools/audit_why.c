/* SPDX-License-Identifier: Apache-2.0 */
/* audit_why: why a site has no type; contract in audit_why.h. */
#include "tools/audit_why.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct words {
	const char *word;
	const char *sentence;
	const char *remedy;
};

static const struct words words[NR_WHYS] = {
#define X(name, word, what, remedy) [WHY_##name] = { word, what, remedy },
	WHY_LIST(X)
#undef X
};

const char *why_word(enum why why)
{
	return words[why].word;
}

const char *why_sentence(enum why why)
{
	return words[why].sentence;
}

const char *why_remedy(enum why why)
{
	return words[why].remedy;
}

static const struct {
	const char *prefix;
	enum why why;
} callees[] = {
	{ "posix_memalign", WHY_MEMALIGN },
	{ "reallocarray", WHY_REALLOCARRAY },
	{ "__size_returning_new", WHY_SIZE_RETURNING },
	{ "_Znw", WHY_CLEANUP },
	{ "_Zna", WHY_CLEANUP },
};

/* What the compiler rewrites when it is called by its own name. */
static const char *const family[] = {
	"malloc",
	"calloc",
	"realloc",
	"reallocarray",
	"reallocf",
	"memalign",
	"posix_memalign",
	"aligned_alloc",
	"valloc",
	"pvalloc",
	"_Znwm",
	"_Znam",
	"_ZnwmRKSt9nothrow_t",
	"_ZnamRKSt9nothrow_t",
	"_ZnwmSt11align_val_t",
	"_ZnamSt11align_val_t",
	"_ZnwmSt11align_val_tRKSt9nothrow_t",
	"_ZnamSt11align_val_tRKSt9nothrow_t",
};

/* What allocates inside the C library, for its caller to free. */
static const char *const library[] = {
	"strdup",    "strndup",	       "wcsdup",	  "asprintf",
	"vasprintf", "__asprintf_chk", "__vasprintf_chk", "__strdup",
	"__strndup", "getline",	       "getdelim",	  "__getdelim",
	"getcwd",    "realpath",       "__realpath_chk",  "open_memstream",
	"fopen",     "fopen64",	       "fdopen",	  "tmpfile",
	"tmpfile64", "opendir",	       "fdopendir",	  "popen",
	"scandir",   "scandir64",      "getaddrinfo",
};

#define NR_OF(array) (sizeof(array) / sizeof(*(array)))

static bool is_among(const char *name, size_t length, const char *const *names,
		     size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (strlen(names[i]) == length &&
		    !memcmp(names[i], name, length))
			return true;
	}
	return false;
}

enum why why_of_plain(const char *name, size_t length)
{
	if (is_among(name, length, family, NR_OF(family)))
		return WHY_PLAIN;
	if (is_among(name, length, library, NR_OF(library)))
		return WHY_LIBRARY;
	return WHY_NOT_TOLD;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

enum why why_of_callee(const char *callee)
{
	for (size_t i = 0; i < sizeof(callees) / sizeof(*callees); i++) {
		if (has_prefix(callee, callees[i].prefix))
			return callees[i].why;
	}
	return WHY_NOT_TOLD;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether @word stands in [@from, @end) by itself. */
static bool has_word(const char *from, const char *end, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = from; at + length <= end; at++) {
		if (!strncmp(at, word, length) &&
		    (at == from || !is_name(at[-1])) && !is_name(at[length]))
			return true;
	}
	return false;
}

/* The end of the call that begins at @from: its closing bracket or the line. */
static const char *end_of_call(const char *from)
{
	int depth = 0;

	for (; *from; from++) {
		if (*from == '(')
			depth++;
		else if (*from == ')' && --depth <= 0)
			return from;
	}
	return from;
}

/* Whether @word is part of @name, small letters or large. */
static bool has_part(const char *name, size_t length, const char *word)
{
	for (size_t i = 0; i + strlen(word) <= length; i++) {
		if (!strncasecmp(name + i, word, strlen(word)))
			return true;
	}
	return false;
}

/*
 * The call as written is of another function of the family, or by a macro that
 * is named after one.
 */
static bool is_folded(const char *call, const char *callee)
{
	static const char *const family[] = { "malloc", "calloc", "realloc",
					      "aligned_alloc", "memalign" };
	size_t length = 0;

	while (is_name(call[length]))
		length++;
	if (has_part(call, length, callee))
		return false;
	for (size_t i = 0; i < sizeof(family) / sizeof(*family); i++) {
		if (has_part(call, length, family[i]))
			return true;
	}
	return false;
}

enum why why_of_line(const char *line, unsigned int column, const char *callee)
{
	const char *call, *end;

	if (!column || strlen(line) < column)
		return WHY_NOT_TOLD;
	call = line + column - 1;
	end = end_of_call(call);
	if (has_prefix(call, "__builtin_"))
		return WHY_BUILTIN;
	/* In a kernel malloc may be a macro that has the builtin in it. */
	if (!has_prefix(callee, "llvm.") && is_folded(call, callee))
		return WHY_FOLDED;
	if (has_word(call, end, "sizeof") || has_word(call, end, "offsetof") ||
	    has_word(call, end, "struct_size"))
		return WHY_EXPRESSION;
	return WHY_OPAQUE;
}
