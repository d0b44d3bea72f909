/* SPDX-License-Identifier: Apache-2.0 */
/* pins: see pins.h. */
#include "heap/pins.h"

#include "os/os.h"
#include "policy/token_hash.h"
#include "report/report.h"

#include <stdbool.h>
#include <string.h>

/* A thousand rules of a thousand bytes: C++ has names that long. */
#define TEXT_MAX (1ul << 20)

#define PREFIX "name:"

/* What some editors begin a text of UTF-8 with. */
#define MARK "\xef\xbb\xbf"

struct words {
	const char *start;
	size_t length;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct words trim(struct words words)
{
	while (words.length && is_blank(words.start[0])) {
		words.start++;
		words.length--;
	}
	while (words.length && is_blank(words.start[words.length - 1]))
		words.length--;
	return words;
}

/* Cuts @words where @sign begins them or follows a blank; what is behind it. */
static struct words cut_at(struct words *words, char sign)
{
	struct words behind = { NULL, 0 };

	for (size_t i = 0; i < words->length; i++) {
		if (words->start[i] != sign ||
		    (i && !is_blank(words->start[i - 1])))
			continue;
		behind.start = words->start + i + 1;
		behind.length = words->length - i - 1;
		words->length = i;
		break;
	}
	*words = trim(*words);
	return trim(behind);
}

static bool knows(const struct pins *pins, uint64_t data_token)
{
	for (uint32_t i = 0; i < pins->nr; i++) {
		if (pins->data_tokens[i] == data_token)
			return true;
	}
	return false;
}

/*
 * A group is known by the hash of its label, as a type is by that of its name;
 * @labels holds that of each group, 0 where it has none.
 */
static uint32_t group_of(struct pins *pins, struct words label,
			 uint64_t *labels)
{
	uint64_t hash = 0;

	if (label.start)
		hash = token_hash(label.start, label.length, true);
	for (uint32_t i = 0; hash && i < pins->nr_groups; i++) {
		if (labels[i] == hash)
			return i;
	}
	labels[pins->nr_groups] = hash;
	return pins->nr_groups++;
}

/* As C writes types and the compiler does not: it would fit none. */
static bool has_tag(struct words name)
{
	static const char *const tags[] = { "struct ", "union ", "enum ",
					    "class " };

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		size_t length = strlen(tags[i]);

		if (name.length > length &&
		    !memcmp(name.start, tags[i], length))
			return true;
	}
	return false;
}

/* What is wrong with the line, or NULL. */
static const char *take_line(struct pins *pins, struct words line,
			     uint64_t *labels)
{
	struct words label;
	uint64_t token;

	cut_at(&line, '#');
	if (!line.length)
		return NULL;
	if (memchr(line.start, 0, line.length))
		return "a NUL byte: not text";
	label = cut_at(&line, '@');
	if (line.length < strlen(PREFIX) ||
	    memcmp(line.start, PREFIX, strlen(PREFIX)))
		return "not name:TYPE";
	line.start += strlen(PREFIX);
	line.length -= strlen(PREFIX);
	line = trim(line);
	if (!line.length)
		return "no type behind name:";
	if (has_tag(line))
		return "types are named without struct";
	if (label.start && !label.length)
		return "no group behind @";
	token = token_hash(line.start, line.length, false);
	if (knows(pins, token))
		return "a type named twice";
	if (pins->nr == NR_PINS_MAX)
		return "more types than 1024";
	pins->groups[pins->nr] = (uint16_t)group_of(pins, label, labels);
	pins->data_tokens[pins->nr++] = token;
	return NULL;
}

void pins_parse(struct pins *pins, const char *path, const char *text,
		size_t length)
{
	uint64_t labels[NR_PINS_MAX];
	size_t mark = strlen(MARK);

	if (length >= mark && !memcmp(text, MARK, mark)) {
		text += mark;
		length -= mark;
	}
	for (unsigned int number = 1; length; number++) {
		const char *end = memchr(text, '\n', length);
		struct words line = { text,
				      end ? (size_t)(end - text) : length };
		const char *what = take_line(pins, line, labels);
		size_t taken = line.length + !!end;

		if (what)
			report_policy(path, number, what);
		text += taken;
		length -= taken;
	}
}

void pins_read(struct pins *pins, struct option_text from)
{
	size_t length = TEXT_MAX + 1; /* one tells that there is more */
	size_t room = length + OPTION_TEXT_MAX + 1;
	char *text = os_reserve(room);
	char *path = text + length;

	if (!text || !os_commit(text, room))
		return report_policy("", 0, "no memory to read it");
	memcpy(path, from.text, from.length);
	if (!os_read_file(path, text, &length))
		report_policy(path, 0, "cannot be read");
	else if (length > TEXT_MAX)
		report_policy(path, 0, "is longer than a megabyte");
	else
		pins_parse(pins, path, text, length);
	os_release(text, room);
}
