/* SPDX-License-Identifier: Apache-2.0 */
/* buckets: see buckets.h. */
#include "kmem/buckets.h"

#include "kmem/kmem_cache.h"
#include "kmem/request.h"

#include "heap/named.h"

#include <errno.h>

struct kmem_buckets {
	uint32_t set;
	unsigned int useroffset;
	unsigned int usersize;
	char name[NAMED_NAME_SIZE];
};

static struct kmem_buckets *sets[VARIANT_SET_MAX + 1];
static uint32_t nr_sets;

exported kmem_buckets *typeslab_kmem_buckets_create(const char *name,
						    slab_flags_t flags,
						    unsigned int useroffset,
						    unsigned int usersize,
						    void (*ctor)(void *object));
exported void *typeslab_kmem_buckets_alloc(kmem_buckets *buckets, size_t size,
					   gfp_t gfp);
exported void *typeslab_kmem_buckets_valloc(kmem_buckets *buckets, size_t size,
					    gfp_t gfp);

const char *buckets_name(unsigned int set)
{
	return sets[set]->name;
}

bool buckets_allow_copy(unsigned int set, size_t from, size_t to)
{
	const struct kmem_buckets *buckets = sets[set];

	return from >= buckets->useroffset &&
	       to - buckets->useroffset <= buckets->usersize;
}

static kmem_buckets *make(const char *name, unsigned int useroffset,
			  unsigned int usersize)
{
	struct kmem_buckets *buckets;
	uint32_t set;

	if (__atomic_load_n(&nr_sets, __ATOMIC_RELAXED) >= VARIANT_SET_MAX)
		return NULL;
	buckets = arena_take(&layout.arena, sizeof(*buckets), 8);
	if (!buckets)
		return NULL;
	/* Not before: who asks in vain may ask often. */
	set = __atomic_add_fetch(&nr_sets, 1, __ATOMIC_RELAXED);
	if (set > VARIANT_SET_MAX) {
		__atomic_sub_fetch(&nr_sets, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	buckets->set = set;
	buckets->useroffset = useroffset;
	buckets->usersize = usersize;
	named_copy_name(buckets->name, name);
	sets[set] = buckets;
	return buckets;
}

/* A constructor would need one size; the kernel takes and forgets it, too. */
kmem_buckets *typeslab_kmem_buckets_create(const char *name, slab_flags_t flags,
					   unsigned int useroffset,
					   unsigned int usersize,
					   void (*ctor)(void *object))
{
	kmem_buckets *buckets = NULL;

	(void)ctor;
	if (name && heap_boot())
		buckets = make(name, useroffset, usersize);
	if (buckets)
		return buckets;
	if (flags & SLAB_PANIC)
		kmem_cache_panic(name);
	if (name)
		return request_refuse(sizeof(*buckets), GFP_KERNEL);
	errno = EINVAL;
	return NULL;
}

static void *alloc(const kmem_buckets *buckets, size_t size, gfp_t gfp,
		   size_t most)
{
	const struct typeslab_from nobody = { 0, NULL };
	const struct request request = {
		.size = size,
		.most = most,
		.gfp = gfp,
		.node = NUMA_NO_NODE,
		.set = buckets ? buckets->set : 0,
	};

	return request_alloc(nobody, &request);
}

void *typeslab_kmem_buckets_alloc(kmem_buckets *buckets, size_t size, gfp_t gfp)
{
	return alloc(buckets, size, gfp, KMALLOC_MAX_SIZE);
}

void *typeslab_kmem_buckets_valloc(kmem_buckets *buckets, size_t size,
				   gfp_t gfp)
{
	return alloc(buckets, size, gfp, KVMALLOC_MAX_SIZE);
}
