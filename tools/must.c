/* SPDX-License-Identifier: Apache-2.0 */
/* must: memory or the end; contract in must.h. */
#include "tools/must.h"

#include "base/line.h"
#include "tools/command.h"

#include <err.h>
#include <search.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *insist(void *p)
{
	if (!p)
		err(COMMAND_FAILED, "memory");
	return p;
}

void *must_room(void *array, size_t nr, size_t *capacity, size_t size)
{
	if (nr < *capacity)
		return array;
	*capacity = *capacity ? *capacity * 2 : 16;
	return insist(reallocarray(array, *capacity, size));
}

void must_add_name(struct must_names *names, const char *name)
{
	names->list = must_room(names->list, names->nr, &names->capacity,
				sizeof(*names->list));
	names->list[names->nr++] = name;
}

void *must_alloc(size_t nr, size_t size)
{
	return insist(calloc(nr ? nr : 1, size));
}

char *must_print(const char *format, ...)
{
	char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	return insist(text);
}

char *must_path(const char *name)
{
	return must_print("%s%s", *name == '-' ? "./" : "", name);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

const char *must_keep(struct piece text)
{
	static void *kept;
	char *copy = insist(strndup(text.start, text.length));
	char **found = insist(tsearch(copy, &kept, compare));

	if (*found != copy)
		free(copy);
	return *found;
}

const char *must_keep_string(const char *text)
{
	return must_keep((struct piece){ text, strlen(text) });
}

const char *must_keep_printable(const char *text)
{
	char *copy = must_print("%s", text);
	const char *kept;
	char last = 0;

	for (char *c = copy; *c; c++) {
		if (line_is_control(last, *c))
			*c = '?';
		last = *c;
	}
	kept = must_keep_string(copy);
	free(copy);
	return kept;
}
