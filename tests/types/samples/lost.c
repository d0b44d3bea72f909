/* SPDX-License-Identifier: Apache-2.0 */
/* lost: one site for each way in which C loses an allocation's type. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

struct node {
	struct node *next;
	int value;
};

struct pair {
	int a, b;
};

void *keep[64];

void *opaque(size_t n)
{
	keep[0] = malloc(n);
	return NULL;
}

void *xmalloc(size_t n)
{
	void *p = malloc(n);

	if (!p)
		abort();
	return p;
}

void *aligned(size_t n)
{
	void *p;

	return posix_memalign(&p, 64, n) ? NULL : p;
}

void array(size_t n)
{
	keep[1] = reallocarray(keep[2], n, sizeof(struct node));
}

void builtin(size_t n)
{
	keep[3] = __builtin_malloc(n * sizeof(struct node));
}

void zeroed(size_t n)
{
	struct node *list = malloc(n * sizeof(struct node));

	memset(list, 0, n * sizeof(struct node));
	keep[4] = list;
}

void first(size_t n)
{
	keep[5] = realloc(NULL, n * sizeof(struct node));
}

void expression(size_t n)
{
	keep[6] = malloc((n + sizeof(struct node)) % 4096);
}

void *(*through)(size_t) = malloc;

void pointed(size_t n)
{
	keep[7] = through(n * sizeof(struct node));
}

void duplicated(const char *text)
{
	keep[8] = strdup(text);
}

void typed(size_t n)
{
	keep[9] = malloc(sizeof(struct node));
	keep[10] = calloc(n, sizeof(struct pair));
	keep[11] = realloc(keep[10], n * sizeof(struct pair));
	keep[12] = (struct node *)malloc(n);
}
