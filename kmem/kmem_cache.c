/* SPDX-License-Identifier: Apache-2.0 */
/* kmem_cache: how caches are created, shrunk and destroyed. */
#include "kmem/kmem_cache.h"

#include "kmem/request.h"

#include "base/align.h"
#include "heap/nowait.h"

#include <errno.h>
#include <string.h>

/* Of a processor; SLAB_HWCACHE_ALIGN aligns to it. */
#define CACHE_LINE 64u

static struct lock lock;
static struct kmem_cache *caches;

exported void typeslab_kmem_cache_destroy(struct kmem_cache *cache);
exported int typeslab_kmem_cache_shrink(struct kmem_cache *cache);
exported unsigned int typeslab_kmem_cache_size(struct kmem_cache *cache);

void kmem_cache_panic(const char *name)
{
	char shown[NAMED_NAME_SIZE];

	named_copy_name(shown, name ? name : "");
	report_no_cache(shown);
}

/* Small objects share a line, as many as fit side by side. */
static unsigned int align_for(size_t size, unsigned int asked,
			      slab_flags_t flags)
{
	unsigned int align = uint_max(asked, ARCH_SLAB_MINALIGN);
	unsigned int line = CACHE_LINE;

	if (!(flags & SLAB_HWCACHE_ALIGN))
		return align;
	while (size <= line / 2)
		line /= 2;
	return uint_max(align, line);
}

static bool is_possible(size_t size, const struct kmem_cache_args *args)
{
	return size && size <= KMALLOC_MAX_SIZE &&
	       (!args->align || is_power_of_two(args->align)) &&
	       args->align <= CHUNK_SIZE;
}

static bool is_like(const struct kmem_cache *cache,
		    const struct kmem_cache *wanted, void (*ctor)(void *object))
{
	return cache->bin == KMEM_CACHE_DEAD &&
	       cache->object_size == wanted->object_size &&
	       cache->align == wanted->align && cache->flags == wanted->flags &&
	       cache->named->ctor == ctor && !strcmp(cache->name, wanted->name);
}

/* The destroyed cache that is created again, or NULL. */
static struct kmem_cache *revive(const struct kmem_cache *wanted,
				 void (*ctor)(void *object))
{
	struct kmem_cache *cache = caches;

	while (cache && !is_like(cache, wanted, ctor))
		cache = cache->next;
	if (!cache)
		return NULL;
	cache->useroffset = wanted->useroffset;
	cache->usersize = wanted->usersize;
	__atomic_store_n(&cache->bin, cache->named->bin, __ATOMIC_RELEASE);
	return cache;
}

static struct kmem_cache *make(struct heap *heap,
			       const struct kmem_cache *wanted,
			       void (*ctor)(void *object))
{
	size_t length = strlen(wanted->name) + 1;
	struct kmem_cache *cache = NULL;
	struct named_spec spec = {
		.name = wanted->name,
		.size = round_up(size_max(wanted->object_size, CLASS_GRAIN),
				 wanted->align),
		.node = -1,
		.keeps_memory = wanted->flags & SLAB_TYPESAFE_BY_RCU,
		.ctor = ctor,
		.twin_of = NAMED_NO_TWIN,
	};

	if (layout.nr_named < NR_NAMED_MAX)
		cache = arena_take(&layout.arena, sizeof(*cache) + length, 64);
	if (!cache)
		return NULL;
	spec.owner = cache;
	*cache = *wanted;
	cache->name = memcpy(cache + 1, wanted->name, length);
	cache->named = named_create(heap, &spec);
	if (!cache->named)
		return NULL;
	cache->bin = cache->named->bin;
	cache->next = caches;
	caches = cache;
	/* For who may not wait, from the first object on. */
	nowait_fill(heap, cache->bin);
	return cache;
}

static struct kmem_cache *create(const struct kmem_cache *wanted,
				 void (*ctor)(void *object))
{
	struct heap *heap = thread_enter();
	struct kmem_cache *cache = NULL;

	if (!heap)
		return NULL;
	if (lock_acquire(&lock, thread_tag(heap)) != LOCK_REENTERED) {
		cache = revive(wanted, ctor);
		if (!cache)
			cache = make(heap, wanted, ctor);
		lock_release(&lock);
	}
	thread_leave(heap);
	return cache;
}

exported struct kmem_cache *
typeslab_kmem_cache_create(const char *name, size_t size,
			   const struct kmem_cache_args *args,
			   slab_flags_t flags)
{
	static const struct kmem_cache_args none = { 0 };
	struct kmem_cache wanted = {
		.name = name ? name : "",
		.object_size = (unsigned int)size,
		.flags = flags,
	};
	struct kmem_cache *cache = NULL;
	bool is_allowed;

	if (!args)
		args = &none;
	is_allowed = name && is_possible(size, args);
	if (is_allowed) {
		wanted.align = align_for(size, args->align, flags);
		/* A region that cannot be is none: nothing may be copied. */
		if (args->usersize <= size &&
		    args->useroffset <= size - args->usersize) {
			wanted.useroffset = args->useroffset;
			wanted.usersize = args->usersize;
		}
		cache = create(&wanted, args->ctor);
	}
	if (cache)
		return cache;
	if (flags & SLAB_PANIC)
		kmem_cache_panic(name);
	if (is_allowed)
		return request_refuse(size, GFP_KERNEL);
	errno = EINVAL;
	return NULL;
}

unsigned int typeslab_kmem_cache_size(struct kmem_cache *cache)
{
	return cache->object_size;
}

/* A cache's twins hold what was asked for with a node. */
static bool is_of(const struct named *named, const struct kmem_cache *cache)
{
	return named->owner == cache;
}

static void shrink(struct heap *heap, const struct kmem_cache *cache)
{
	unsigned int nr = __atomic_load_n(&layout.nr_named, __ATOMIC_ACQUIRE);

	nowait_settle(heap);
	for (unsigned int i = 0; i < nr; i++) {
		if (is_of(layout.named[i], cache))
			heap_trim_bin(heap, layout.named[i]->bin);
	}
}

int typeslab_kmem_cache_shrink(struct kmem_cache *cache)
{
	struct heap *heap = thread_enter();

	if (!heap)
		return 0;
	shrink(heap, cache);
	thread_leave(heap);
	return 0;
}

static size_t nr_left(const struct kmem_cache *cache)
{
	unsigned int nr = __atomic_load_n(&layout.nr_named, __ATOMIC_ACQUIRE);
	size_t left = 0;

	for (unsigned int i = 0; i < nr; i++) {
		if (is_of(layout.named[i], cache))
			left += named_nr_live(layout.named[i]);
	}
	return left;
}

void typeslab_kmem_cache_destroy(struct kmem_cache *cache)
{
	struct heap *heap;
	size_t left;

	if (!cache)
		return;
	heap = thread_enter();
	if (!heap)
		return;
	shrink(heap, cache);
	left = nr_left(cache);
	if (left)
		report_objects_left(cache->named->name, left);
	else if (cache->bin == KMEM_CACHE_DEAD)
		report_dead_cache(cache->named->name);
	else
		__atomic_store_n(&cache->bin, KMEM_CACHE_DEAD,
				 __ATOMIC_RELEASE);
	thread_leave(heap);
}
