/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same call sites in malloc()'s words and in kmalloc()'s. Compiled with
 * -DTYPESLAB_NO_PARTITIONS, each pair is the same code: see check-sites.
 */
#include "typeslab/slab.h"

struct thing {
	struct thing *next;
	long a[5];
};

void keep(void *p);
void *pair_1_malloc(void);
void *pair_1_kmalloc(void);
void *pair_2_malloc(void);
void *pair_2_kmalloc(void);
void *pair_3_malloc(size_t n);
void *pair_3_kmalloc(size_t n);
void pair_4_malloc(void *p);
void pair_4_kmalloc(void *p);
void pair_5_malloc(void);
void pair_5_kmalloc(void);
void *pair_6_malloc(size_t n, size_t size);
void *pair_6_kmalloc(size_t n, size_t size);

void *pair_1_malloc(void)
{
	return malloc(sizeof(struct thing));
}

void *pair_1_kmalloc(void)
{
	return kmalloc_obj(struct thing);
}

void *pair_2_malloc(void)
{
	return calloc(1, sizeof(struct thing));
}

void *pair_2_kmalloc(void)
{
	return kzalloc(sizeof(struct thing), GFP_KERNEL);
}

void *pair_3_malloc(size_t n)
{
	return malloc(n);
}

void *pair_3_kmalloc(size_t n)
{
	return kmalloc(n, GFP_KERNEL);
}

void pair_4_malloc(void *p)
{
	free(p);
}

void pair_4_kmalloc(void *p)
{
	kfree(p);
}

void pair_5_malloc(void)
{
	struct thing *p = malloc(sizeof(*p));

	if (!p)
		return;
	p->next = NULL;
	keep(p);
	free(p);
}

void pair_5_kmalloc(void)
{
	struct thing *p = kmalloc_obj(*p);

	if (!p)
		return;
	p->next = NULL;
	keep(p);
	kfree(p);
}

void *pair_6_malloc(size_t n, size_t size)
{
	return calloc(n, size);
}

void *pair_6_kmalloc(size_t n, size_t size)
{
	return kcalloc(n, size, GFP_KERNEL);
}
