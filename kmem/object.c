/* SPDX-License-Identifier: Apache-2.0 */
/* object: what a kmem_cache gives and takes back. */
#include "kmem/kmem_cache.h"

#include "kmem/buckets.h"
#include "kmem/request.h"

#include "heap/place.h"
#include "os/node.h"

#include <errno.h>
#include <string.h>

exported void *typeslab_kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
exported void *typeslab_kmem_cache_alloc_node(struct kmem_cache *cache,
					      gfp_t gfp, int node);
exported void typeslab_kmem_cache_free(struct kmem_cache *cache, void *object);
exported int typeslab_kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t gfp,
					    size_t nr, void **objects);
exported void typeslab_kmem_cache_free_bulk(struct kmem_cache *cache, size_t nr,
					    void **objects);
exported void typeslab_check_object_size(const void *p, unsigned long size,
					 bool to_user);

/* What a constructor made is not made zero. */
static void *zeroed(const struct kmem_cache *cache, void *p)
{
	return p && !cache->named->ctor ? memset(p, 0, cache->object_size) : p;
}

static never_inline void *alloc_slow(struct kmem_cache *cache, gfp_t gfp,
				     uint32_t bin)
{
	void *p;

	if (cache->bin == KMEM_CACHE_DEAD) {
		report_dead_cache(cache->named->name);
		errno = EINVAL;
		return NULL;
	}
	p = request_in_bin(bin, cache->object_size, gfp);
	return gfp & __GFP_ZERO ? zeroed(cache, p) : p;
}

void *typeslab_kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	struct bin *bin = thread_bin(cache->bin);
	void *p;

	if (unlikely(magazine_is_empty(bin)))
		return alloc_slow(cache, gfp, cache->bin);
	p = heap_take_from(bin);
	return unlikely(gfp & __GFP_ZERO) ? zeroed(cache, p) : p;
}

void *typeslab_kmem_cache_alloc_node(struct kmem_cache *cache, gfp_t gfp,
				     int node)
{
	uint32_t variant = (node + 1u) << VARIANT_NODE_SHIFT;
	uint32_t twin;

	if (node < 0 || !gfpflags_allow_blocking(gfp) || node_count() == 1 ||
	    node >= node_count())
		return typeslab_kmem_cache_alloc(cache, gfp);
	twin = twin_find(cache->named->bin, variant, true);
	if (twin == TWIN_NONE)
		return request_refuse(cache->object_size, gfp);
	return alloc_slow(cache, gfp, twin);
}

/* Nothing, an object of a twin, another cache's, or no object at all. */
static cold_path void free_other(const struct kmem_cache *cache, void *object)
{
	struct place place = place_find(untagged(object));
	uint32_t bin = place.slab ? bin_of_slab(place.slab) : 0;
	bool is_ours =
		layout_is_named(bin) && layout_named(bin)->owner == cache;

	/* What is no object is for free() to say. */
	place.facts.address = object;
	if (!is_ours && place.kind == PLACE_LIVE)
		report_wrong_cache(&place.facts, cache->named->name);
	else
		heap_free(object);
}

void typeslab_kmem_cache_free(struct kmem_cache *cache, void *object)
{
	struct slab *slab;

	if (unlikely(!region_holds(object)))
		return free_other(cache, object);
	slab = slab_of_address(object);
	if (unlikely(bin_of_slab(slab) != cache->bin))
		return free_other(cache, object);
	heap_free_in(slab, object);
}

void typeslab_kmem_cache_free_bulk(struct kmem_cache *cache, size_t nr,
				   void **objects)
{
	for (size_t i = 0; i < nr; i++) {
		if (cache)
			typeslab_kmem_cache_free(cache, objects[i]);
		else
			kfree(objects[i]);
	}
}

int typeslab_kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t gfp,
				   size_t nr, void **objects)
{
	for (size_t i = 0; i < nr; i++) {
		objects[i] = typeslab_kmem_cache_alloc(cache, gfp);
		if (!objects[i]) {
			typeslab_kmem_cache_free_bulk(cache, i, objects);
			return 0;
		}
	}
	return (int)nr;
}

/* Whether the bytes [from, to) of an object may be a user's. */
static bool allows_copy(const struct slab *slab, size_t from, size_t to)
{
	uint32_t bin = bin_of_slab(slab);
	const struct named *named;
	const struct kmem_cache *cache;

	if (!layout_is_named(bin))
		return true;
	named = layout_named(bin);
	cache = named->owner;
	if (cache)
		return from >= cache->useroffset &&
		       to - cache->useroffset <= cache->usersize;
	if (named->variant >> VARIANT_SET_SHIFT)
		return buckets_allow_copy(named->variant >> VARIANT_SET_SHIFT,
					  from, to);
	return true;
}

void typeslab_check_object_size(const void *p, unsigned long size, bool to_user)
{
	const char *from = untagged(p);
	struct place place = place_find(from);
	size_t offset = from - place.slot_base;
	size_t usable = 0;

	if (!region_holds(from) || !size)
		return;
	/* Without the canary, which is not the program's. */
	if (place.is_live)
		usable = heap_usable_size(place.slot_base, ACT_SIZE_QUERY);
	if (offset < usable && size <= usable - offset &&
	    allows_copy(place.slab, offset, offset + size))
		return;
	/* Of a large object that was freed nothing tells any more. */
	if (!place.slab)
		place.facts.cache = "no object";
	place.facts.address = p;
	report_usercopy(&place.facts, size, to_user);
}
