/* SPDX-License-Identifier: Apache-2.0 */
/* wrapper: allocation functions with a header before the block. */
#include "wrapper.h"

#include <stdlib.h>
#include <string.h>

#define HEAD 16

static size_t in_use;

static void *finish(char *p, size_t size)
{
	if (!p)
		abort();
	in_use += size;
	memcpy(p, &size, sizeof(size));
	return p + HEAD;
}

void *xmalloc(size_t size)
{
	void *p = malloc(size + HEAD);

	return finish(p, size);
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(1, count * size + HEAD);

	return finish(p, count * size);
}

void *xrealloc(void *old, size_t size)
{
	void *p = old ? realloc((char *)old - HEAD, size + HEAD)
		      : malloc(size + HEAD);

	return finish(p, size);
}

char *xstrdup(const char *text)
{
	char *copy = xmalloc(strlen(text) + 1);

	return strcpy(copy, text);
}
