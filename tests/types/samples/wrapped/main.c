/* SPDX-License-Identifier: Apache-2.0 */
/* 100 blocks of each kind stay live. */
#include "wrap.h"

struct node {
	struct node *next;
	int value;
};

struct pair {
	int a, b;
};

struct context {
	int any;
};

static void *volatile keep;

int main(void)
{
	static struct context context;

	for (int i = 0; i < 100; i++) {
		struct node *node = xmalloc(sizeof(*node));
		struct pair *pairs = xcalloc(i + 1, sizeof(*pairs));
		struct node *grown = from_context(&context, sizeof(*grown));

		grown = xrealloc(grown, 2 * sizeof(*grown));
		keep = node;
		keep = pairs;
		keep = grown;
		keep = (struct node *)with_header(16, sizeof(struct node));
		keep = (struct node *)indirect(sizeof(struct node));
		keep = (struct node *)typed_inside(sizeof(struct node));
		keep = xstrdup("some text");
	}
	return lookup(3) != 0;
}
