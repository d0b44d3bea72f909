/* SPDX-License-Identifier: Apache-2.0 */
/* other_lib: allocates with types, in each way that C has. */
#include <stdlib.h>

struct node {
	struct node *next;
	long values[5];
};

void *other_allocate(int how, void *old);

void *other_allocate(int how, void *old)
{
	struct node *node = old;

	switch (how) {
	case 0:
		return malloc(sizeof(struct node));
	case 1:
		return calloc(40, sizeof(struct node));
	case 2:
		return realloc(node, 100 * sizeof(struct node));
	case 3:
		return aligned_alloc(4096, 2 * sizeof(struct node));
	case 4:
		return calloc(10000, sizeof(struct node));
	default:
		return NULL;
	}
}
