/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wild: list_sort.c, rbtree.c, argv_split.c and xarray.c of the kernel, as
 * they are, on the slab API. Each is checked against a plain array.
 */
#include "linux/list.h"
#include "linux/list_sort.h"
#include "linux/rbtree.h"
#include "linux/slab.h"
#include "linux/xarray.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <typeslab/whatis.h>

#define NR 20000

char **argv_split(gfp_t gfp, const char *text, int *count);
void argv_free(char **words);

/* xarray.c takes its nodes from here. */
struct kmem_cache *radix_tree_node_cachep;
void radix_tree_node_rcu_free(struct rcu_head *head);

void radix_tree_node_rcu_free(struct rcu_head *head)
{
	kmem_cache_free(radix_tree_node_cachep,
			container_of(head, struct xa_node, rcu_head));
}

static unsigned int case_number;
static uint64_t state;

static void must(int holds, const char *what)
{
	if (holds)
		return;
	printf("not ok %u - %s\n", ++case_number, what);
	exit(1);
}

static void done(const char *what)
{
	printf("ok %u - %s\n", ++case_number, what);
}

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 8;
}

struct item {
	struct list_head list;
	struct rb_node node;
	uint32_t key;
	uint32_t number;
};

static int compare(void *unused, const struct list_head *a,
		   const struct list_head *b)
{
	const struct item *x = list_entry(a, struct item, list);
	const struct item *y = list_entry(b, struct item, list);

	(void)unused;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void test_list_sort(struct kmem_cache *items)
{
	struct item *item, *next;
	const struct item *last = NULL;
	LIST_HEAD(head);
	unsigned int nr = 0;

	for (unsigned int i = 0; i < NR; i++) {
		item = kmem_cache_alloc(items, GFP_KERNEL);
		must(item != NULL, "an item");
		item->key = next_random() % 1000;
		item->number = i;
		list_add_tail(&item->list, &head);
	}
	list_sort(NULL, &head, compare);
	list_for_each_entry_safe(item, next, &head, list)
	{
		must(!last || last->key < item->key ||
			     (last->key == item->key &&
			      last->number < item->number),
		     "sorted, and stable");
		last = item;
		nr++;
	}
	must(nr == NR, "all are there");
	list_for_each_entry_safe(item, next, &head, list)
		kmem_cache_free(items, item);
	done("list_sort.c");
}

static void insert(struct rb_root *root, struct item *item)
{
	struct rb_node **at = &root->rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = item->key < rb_entry(parent, struct item, node)->key
			     ? &parent->rb_left
			     : &parent->rb_right;
	}
	rb_link_node(&item->node, parent, at);
	rb_insert_color(&item->node, root);
}

static void test_rbtree(void)
{
	struct item **all = kvmalloc_objs(struct item *, NR);
	struct rb_root root = RB_ROOT;
	unsigned int nr = 0;
	uint32_t last = 0;

	must(all != NULL, "an array");
	for (unsigned int i = 0; i < NR; i++) {
		all[i] = kzalloc_obj(**all);
		must(all[i] != NULL, "an item");
		all[i]->key = next_random();
		insert(&root, all[i]);
	}
	for (unsigned int i = 0; i < NR; i += 2) {
		rb_erase(&all[i]->node, &root);
		kfree(all[i]);
	}
	for (struct rb_node *node = rb_first(&root); node;
	     node = rb_next(node), nr++) {
		must(rb_entry(node, struct item, node)->key >= last, "order");
		last = rb_entry(node, struct item, node)->key;
	}
	must(nr == NR / 2, "half is left");
	for (unsigned int i = 1; i < NR; i += 2)
		kfree(all[i]);
	kvfree(all);
	done("rbtree.c");
}

static void test_argv_split(void)
{
	static const char *const words[] = { "a", "few", "words", "of  it" };
	struct typeslab_whatis place;
	int count;
	char **split = argv_split(GFP_KERNEL, "  a few\twords ", &count);

	must(split && count == 3 && !split[3], "three words");
	for (int i = 0; i < 3; i++)
		must(!strcmp(split[i], words[i]), "the words");
	must(typeslab_whatis(split, &place) && place.live, "on this heap");
	argv_free(split);
	must(typeslab_whatis(split, &place) && !place.live, "given back");
	done("argv_split.c");
}

static void test_xarray(void)
{
	static unsigned long model[NR];
	DEFINE_XARRAY(array);
	unsigned long index;
	void *entry;
	unsigned int nr = 0, wanted = 0;

	for (unsigned int i = 0; i < NR * 10; i++) {
		unsigned int at = next_random() % NR;

		/* Far apart, so that nodes come and go. */
		index = at * 977ul * 977ul;
		if (next_random() % 2) {
			model[at] = next_random() % 1000000 + 1;
			must(!xa_is_err(xa_store(&array, index,
						 xa_mk_value(model[at]),
						 GFP_KERNEL)),
			     "stored");
		} else {
			entry = xa_erase(&array, index);
			must((entry ? xa_to_value(entry) : 0) == model[at],
			     "what was stored");
			model[at] = 0;
		}
	}
	for (unsigned int i = 0; i < NR; i++) {
		entry = xa_load(&array, i * 977ul * 977ul);
		must((entry ? xa_to_value(entry) : 0) == model[i], "loaded");
		wanted += model[i] != 0;
	}
	xa_for_each(&array, index, entry) nr++;
	must(nr == wanted, "as many as in the model");
	xa_destroy(&array);
	done("xarray.c");
}

static void node_ctor(void *object)
{
	struct xa_node *node = object;

	memset(node, 0, sizeof(*node));
	INIT_LIST_HEAD(&node->private_list);
}

int main(void)
{
	struct kmem_cache *items = KMEM_CACHE(item, SLAB_HWCACHE_ALIGN);

	if (getrandom(&state, sizeof(state), 0) != sizeof(state))
		return 1;
	if (getenv("SEED"))
		state = strtoull(getenv("SEED"), NULL, 0);
	state |= 1;
	printf("1..5\n# SEED=%llu\n", (unsigned long long)state);
	radix_tree_node_cachep =
		kmem_cache_create("radix_tree_node", sizeof(struct xa_node), 0,
				  SLAB_PANIC | SLAB_RECLAIM_ACCOUNT, node_ctor);
	test_list_sort(items);
	test_rbtree();
	test_argv_split();
	test_xarray();
	/* Nothing was forgotten: a cache with objects is not destroyed. */
	kmem_cache_destroy(items);
	kmem_cache_destroy(radix_tree_node_cachep);
	must(KMEM_CACHE(item, SLAB_HWCACHE_ALIGN) == items, "items are gone");
	done("all was given back");
	return 0;
}
