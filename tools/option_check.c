/* SPDX-License-Identifier: Apache-2.0 */
/* option_check: would the library take this? Contract in option_check.h. */
#include "tools/option_check.h"

#include "tools/slabline.h"

#include "heap/options.h"

#include <string.h>

enum kind {
	WORD,
	NUMBER,
	SIZE,
	TEXT,
};

static const struct rule {
	const char *name;
	enum kind kind;
	uint64_t least;
	uint64_t most;
	const char *sentence;
} rules[] = {
#define X(name, kind, value, least, most, sentence) \
	{ #name, kind, least, most, sentence },
	OPTION_LIST(X)
#undef X
};

/* True if @word is one of those with bars between in @words. */
static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (*words) {
		size_t next = strcspn(words, "|");

		if (next == length && !strncmp(words, word, length))
			return true;
		words += next + (words[next] == '|');
	}
	return false;
}

static bool is_allowed(const struct rule *rule, const char *value)
{
	struct piece piece = { .start = value, .length = strlen(value) };
	uint64_t number;

	if (rule->kind == WORD)
		return has_word(rule->sentence, value);
	return rule->kind == NUMBER && piece_to_number(piece, &number) &&
	       number >= rule->least && number <= rule->most;
}

const char *option_refusal(const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!strcmp(rules[i].name, name))
			return is_allowed(&rules[i], value) ? NULL
							    : rules[i].sentence;
	}
	return "no such option";
}
