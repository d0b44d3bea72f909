/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the macros must refuse: run-refused compiles this once for each CASE,
 * and once without, which must work.
 */
#include "typeslab/slab.h"

struct thing {
	struct thing *next;
	long n;
};

struct packet {
	int count;
	int fixed[4];
	long tail[];
};

#if typeslab_has_builtin(__builtin_counted_by_ref)
#define COUNTED_BY(member) __attribute__((__counted_by__(member)))
#else
#define COUNTED_BY(member)
#endif

struct counted {
	uint8_t count;
	long tail[] COUNTED_BY(count);
};

struct unfinished;

extern struct unfinished *unfinished;
extern void *nothing;
extern int *ints;
extern struct thing *thing;
extern struct packet *packet;
extern struct counted *counted;
extern struct kmem_cache *cache;

void use(size_t n);

void use(size_t n)
{
	thing = kmalloc_obj(*thing);
	thing = kzalloc_objs(struct thing, n, GFP_ATOMIC);
	packet = kmalloc_flex(*packet, tail, n);
	counted = kmalloc_flex(*counted, tail, n);
	counted = kzalloc_flex(*counted, tail, 200, GFP_ATOMIC);
	counted = kvmalloc_flex(*counted, tail, 300);
	ints = krealloc_array(ints, n, sizeof(*ints), GFP_KERNEL);
	nothing = kmemdup(ints, n, GFP_KERNEL | __GFP_ZERO);
	nothing = kcalloc_node(n, 8, GFP_KERNEL, NUMA_NO_NODE);
	nothing = kstrdup(kasprintf(GFP_KERNEL, "%zu", n), GFP_KERNEL);
	cache = KMEM_CACHE(thing, SLAB_PANIC);
	cache = kmem_cache_create("cache", n, NULL, 0);
	cache = kmem_cache_create("old", n, 8, 0, NULL);
	nothing = kmem_cache_zalloc(cache, GFP_NOWAIT);
	kfree(kmalloc_nolock(n, 0, NUMA_NO_NODE));
#if CASE == 1 /* a pointer to another type */
	ints = kmalloc_obj(struct thing);
#elif CASE == 2	 /* of an array of another type */
	ints = kzalloc_objs(*thing, n);
#elif CASE == 3	 /* a type whose size nobody knows */
	unfinished = kmalloc_obj(*unfinished);
#elif CASE == 4	 /* void */
	nothing = kmalloc_obj(*nothing);
#elif CASE == 5	 /* no count */
	thing = kmalloc_objs(*thing);
#elif CASE == 6	 /* a member that is not there */
	packet = kmalloc_flex(*packet, rest, n);
#elif CASE == 7	 /* a member that is no array */
	packet = kmalloc_flex(*packet, count, n);
#elif CASE == 8	 /* a pointer for a count */
	thing = kvmalloc_objs(*thing, ints);
#elif CASE == 9	 /* a result thrown into another flexible type */
	thing = kvzalloc_flex(*packet, tail, n);
#elif CASE == 10 /* flags that are a pointer */
	thing = kmalloc_obj(*thing, thing);
#elif CASE == 11 /* a cache's arguments of another struct */
	kmem_cache_create("thing", 16, thing, 0);
#elif CASE == 12 /* a value where a variable or type belongs */
	thing = kmalloc_obj(GFP_KERNEL);
#endif
}
