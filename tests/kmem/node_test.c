/* SPDX-License-Identifier: Apache-2.0 */
/*
 * On a machine with several memory nodes: objects asked for with a node lie on
 * it, whichever function gave them. `make guest` has such a machine.
 */
#define _GNU_SOURCE
#include "typeslab/slab.h"

#include <linux/mempolicy.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_NODES 2
#define NR_ITEMS 2000

struct node_item {
	struct node_item *next;
	long a[11];
};

static int nr_wrong;

/* The node of the page at @p, which has been written to; -1: none tells. */
static int node_of(const void *p)
{
	int node = -1;

	if (syscall(SYS_get_mempolicy, &node, NULL, 0, p,
		    MPOL_F_NODE | MPOL_F_ADDR))
		return -1;
	return node;
}

/* Writes to all of @p, and looks at each of its pages. */
static void *look(const char *what, void *p, size_t size, int node)
{
	if (!p) {
		printf("# %s: no memory\n", what);
		nr_wrong++;
		return NULL;
	}
	memset(p, 1, size);
	for (size_t at = 0; at < size; at += 4096) {
		int is = node_of((char *)p + at);

		if (is == node)
			continue;
		printf("# %s: %zu bytes for node %d are on %d\n", what, size,
		       node, is);
		nr_wrong++;
		return p;
	}
	return p;
}

static void done(const char *what)
{
	static int number;

	printf("%s %d - %s\n", nr_wrong ? "not ok" : "ok", ++number, what);
	if (nr_wrong)
		_exit(1);
}

static void test_sizes(void)
{
	static const size_t sizes[] = { 16, 100, 3000, 32768, 100000, 3 << 20 };

	for (int node = NR_NODES - 1; node >= 0; node--) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			size_t n = sizes[i];
			void *p = kmalloc_node(n, GFP_KERNEL, node);
			void *q = kzalloc_node(n, GFP_KERNEL_ACCOUNT, node);
			void *r = kvmalloc_node(n * 2, GFP_KERNEL, node);

			kfree(look("kmalloc_node", p, n, node));
			kfree(look("kzalloc_node", q, n, node));
			kvfree(look("kvmalloc_node", r, n * 2, node));
		}
	}
	done("kmalloc_node, kzalloc_node, kvmalloc_node");
}

static void test_cache(const char *what)
{
	static struct node_item *items[NR_ITEMS];
	static struct kmem_cache *cache;

	if (!cache)
		cache = KMEM_CACHE(node_item, 0);
	for (int i = 0; i < NR_ITEMS; i++) {
		int node = i % NR_NODES;

		items[i] = look("kmem_cache_alloc_node",
				kmem_cache_alloc_node(cache, GFP_KERNEL, node),
				sizeof(**items), node);
	}
	for (int i = 0; i < NR_ITEMS; i++)
		kmem_cache_free(cache, items[i]);
	done(what);
}

/* What lies on another node moves, and its contents go along. */
static void test_move(void)
{
	char *p = NULL;

	for (int i = 0; i < 20; i++) {
		size_t n = 1000 + i * 5000;
		int node = i % NR_NODES;

		p = krealloc_node_align(p, n, 64, GFP_KERNEL, node);
		if (p && i && (p[0] != 1 || p[n - 5001] != 1))
			nr_wrong++;
		look("krealloc_node_align", p, n, node);
	}
	kfree(p);
	done("krealloc_node_align");
}

int main(void)
{
	unsigned long allowed[16] = { 0 };

	if (syscall(SYS_get_mempolicy, NULL, allowed, sizeof(allowed) * 8, NULL,
		    MPOL_F_MEMS_ALLOWED) ||
	    (allowed[0] & 3) != 3) {
		printf("this machine has one memory node; make guest has two\n");
		return 77;
	}
	printf("1..4\n");
	test_sizes();
	test_cache("kmem_cache_alloc_node");
	/* Memory that was given back in between is the node's again. */
	malloc_trim(0);
	test_cache("kmem_cache_alloc_node after malloc_trim");
	test_move();
	return 0;
}
