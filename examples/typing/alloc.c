/* SPDX-License-Identifier: Apache-2.0 */
#include "alloc.h"

#include <stdlib.h>
#include <string.h>

static void *must(void *block)
{
	if (!block)
		abort();
	return block;
}

void *xmalloc(size_t size)
{
	return must(malloc(size));
}

void *xcalloc(size_t count, size_t size)
{
	return must(calloc(count, size));
}

char *xstrdup(const char *text)
{
	char *copy = xmalloc(strlen(text) + 1);

	return strcpy(copy, text);
}
