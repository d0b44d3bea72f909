/* SPDX-License-Identifier: Apache-2.0 */
#include "wrap.h"

#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static __attribute__((noinline)) void *hidden(size_t n)
{
	return must(malloc(n));
}

void *xmalloc(size_t n)
{
	return must(malloc(n ? n : 1));
}

void *xcalloc(size_t n, size_t size)
{
	void *p = xmalloc(n * size);

	memset(p, 0, n * size);
	return p;
}

void *xrealloc(void *old, size_t n)
{
	return must(realloc(old, n));
}

char *xstrdup(const char *text)
{
	char *copy = xmalloc(strlen(text) + 1);

	return strcpy(copy, text);
}

void *from_context(struct context *context, int n)
{
	return context ? xmalloc(n + 16) : NULL;
}

void *with_header(size_t head, size_t tail)
{
	return hidden(head + tail);
}

void *(*hook)(size_t) = xmalloc;

void *indirect(size_t n)
{
	return hook(n);
}

void *typed_inside(size_t n)
{
	long *p = malloc(n + 8);

	return p;
}

void *nameless_alloc(nameless *pool, size_t n)
{
	return pool ? xmalloc(n) : NULL;
}

void *variadic(size_t n, ...)
{
	return must(malloc(n));
}

int by_pointer(void **out, size_t n)
{
	*out = malloc(n);
	return !*out;
}

__attribute__((noinline)) void *reserve(void *p, size_t has, size_t n)
{
	return n <= has ? p : realloc(p, n);
}

void *reserve_more(void *p, size_t has, size_t n)
{
	return reserve(p, has, 2 * n);
}

void *reserve_first(size_t n)
{
	return reserve(NULL, 0, n);
}

void *lookup(int i)
{
	static void *table[8];

	return table[i & 7];
}
