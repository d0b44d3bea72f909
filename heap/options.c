/* SPDX-License-Identifier: Apache-2.0 */
/* options: see options.h. */
#include "heap/options.h"

#include "base/compiler.h"
#include "report/report.h"

#include <stdbool.h>
#include <string.h>

#define ADDRESS_BITS 48

enum kind {
	WORD,
	NUMBER,
	SIZE,
	TEXT,
};

struct rule {
	const char *name;
	enum kind kind;
	uint64_t least;
	uint64_t most;
	const char *sentence;
	size_t field;
};

static const struct rule rules[] = {
#define X(name, kind, value, least, most, sentence) \
	{ #name, kind, least, most, sentence, offsetof(struct options, name) },
	OPTION_LIST(X)
#undef X
};

struct option_text option_text_of(uint64_t field)
{
	struct option_text text = {
		.text = (const char *)(field & ((1ul << ADDRESS_BITS) - 1)),
		.length = field >> ADDRESS_BITS,
	};

	return text;
}

/* The place of the word among those between bars in @words. */
static bool parse_word(const char *words, const char *text, size_t length,
		       uint64_t *out)
{
	for (uint64_t place = 0; *words; place++) {
		size_t word = strcspn(words, "|");

		if (word == length && !memcmp(words, text, length)) {
			*out = place;
			return true;
		}
		words += word + (words[word] == '|');
	}
	return false;
}

static bool parse_number(const char *text, size_t length, bool may_scale,
			 uint64_t *out)
{
	static const char units[] = "KMGT";
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, text[i] - '0', &n))
			return false;
	}
	if (i && may_scale && i + 1 == length) {
		const char *unit = memchr(units, text[i], sizeof(units) - 1);
		unsigned int shift =
			unit ? 10 * (unsigned int)(unit - units + 1) : 0;

		if (!unit || n >> (64 - shift))
			return false;
		n <<= shift;
		i++;
	}
	*out = n;
	return i == length && length;
}

static bool parse_value(const struct rule *rule, const char *text,
			size_t length, uint64_t *out)
{
	if (rule->kind == TEXT) {
		*out = (uint64_t)(uintptr_t)text | length << ADDRESS_BITS;
		return length && length <= OPTION_TEXT_MAX;
	}
	if (rule->kind == WORD)
		return parse_word(rule->sentence, text, length, out);
	return parse_number(text, length, rule->kind == SIZE, out) &&
	       *out >= rule->least && *out <= rule->most;
}

/* What is wrong with a value, with its sign @length bytes long. */
static const char *rule_of(const struct rule *rule, size_t length)
{
	if (rule->kind == TEXT && length > OPTION_TEXT_MAX + 1)
		return "too long";
	return rule->sentence;
}

static void read_pair(struct options *options, const char *pair, size_t length)
{
	const char *equals = memchr(pair, '=', length);
	size_t key = equals ? (size_t)(equals - pair) : length;

	for (size_t i = 0; i < array_size(rules); i++) {
		const struct rule *rule = &rules[i];
		uint64_t value = 0;

		if (strlen(rule->name) != key || memcmp(rule->name, pair, key))
			continue;
		if (!equals ||
		    !parse_value(rule, equals + 1, length - key - 1, &value))
			report_bad_value(pair, length,
					 rule_of(rule, length - key));
		else
			memcpy((char *)options + rule->field, &value,
			       sizeof(value));
		return;
	}
	report_unknown_option(pair, key);
}

static void read_string(struct options *options, const char *string)
{
	while (string && *string) {
		size_t length = strcspn(string, ",");

		if (length)
			read_pair(options, string, length);
		string += length + (string[length] == ',');
	}
}

/* What no string said of the parts, the profile says, wherever it stood. */
static void settle_parts(struct options *options)
{
	bool is_hardened = options->profile == PROFILE_HARDENED;

#define X(name, value, hardened)         \
	if (options->name == BY_PROFILE) \
		options->name = is_hardened ? hardened : value;
	PART_LIST(X)
#undef X
}

static bool may_become(enum option_order order, uint64_t own, uint64_t now,
		       uint64_t strongest)
{
	switch (order) {
	case ORDER_MORE:
		return now > own;
	case ORDER_OFTEN:
		return now && (!own || now < own);
	case ORDER_ONE:
		return now == strongest;
	case ORDER_NONE:
		return false;
	case ORDER_ANY:
		return true;
	}
	return false;
}

#define ONE(name, ...) +1
_Static_assert(0 LOCK_LIST(ONE) == 0 OPTION_LIST(ONE),
	       "lock=on knows each option");
#undef ONE

/* What is weaker than the program's @own becomes that again. */
static void hold_locked(struct options *options, const struct options *own)
{
#define X(name, order, value)                                      \
	if (options->name != own->name &&                          \
	    !may_become(order, own->name, options->name, value)) { \
		report_locked_option(#name);                       \
		options->name = own->name;                         \
	}
	LOCK_LIST(X)
#undef X
}

/* The same of the profile, before the parts follow it: one line says it all. */
static void hold_profile(struct options *options, const struct options *own)
{
	if (options->profile == own->profile ||
	    may_become(ORDER_ONE, own->profile, options->profile,
		       PROFILE_HARDENED))
		return;
	report_locked_option("profile");
	options->profile = own->profile;
}

void options_read(struct options *options, const char *program,
		  const char *environment)
{
	struct options own;

#define X(name, kind, value, least, most, sentence) options->name = value;
	OPTION_LIST(X)
#undef X
	read_string(options, program);
	own = *options;
	settle_parts(&own);
	read_string(options, environment);
	if (own.lock)
		hold_profile(options, &own);
	settle_parts(options);
	if (own.lock)
		hold_locked(options, &own);
}
