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

struct unfinished;

extern struct unfinished *unfinished;
extern void *nothing;
extern int *ints;
extern struct thing *thing;
extern struct packet *packet;

void use(int n);

void use(int n)
{
	(void)n;
	thing = kmalloc_obj(*thing);
	thing = kzalloc_objs(struct thing, n, GFP_ATOMIC);
	packet = kmalloc_flex(*packet, tail, n);
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
