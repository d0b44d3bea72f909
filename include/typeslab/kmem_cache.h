/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kmem_cache.h: caches of one's own. Part of typeslab/slab.h.
 *
 * Each kmem_cache is a partition of its own: no address it ever gave is given
 * to anybody else, no other cache's object lies in its extents, and caches are
 * never merged. A process may have TYPESLAB_CACHES_MAX of them, the columns of
 * kmem_buckets included.
 */
#ifndef TYPESLAB_KMEM_CACHE_H
#define TYPESLAB_KMEM_CACHE_H

#include "typeslab/gfp.h"
#include "typeslab/slab_site.h"

#include <stdbool.h>
#include <stddef.h>

#define TYPESLAB_CACHES_MAX 1024

typedef unsigned int slab_flags_t;

#define SLAB_HWCACHE_ALIGN   ((slab_flags_t)1 << 0) /* to a line's start */
#define SLAB_PANIC	     ((slab_flags_t)1 << 1) /* no cache: report, abort */
#define SLAB_TYPESAFE_BY_RCU ((slab_flags_t)1 << 2) /* see below */
#define SLAB_ACCOUNT	     ((slab_flags_t)1 << 3)
/* Always so here. */
#define SLAB_NO_MERGE ((slab_flags_t)1 << 4)
/* Accepted; they change nothing. */
#define SLAB_CACHE_DMA		((slab_flags_t)1 << 5)
#define SLAB_CACHE_DMA32	((slab_flags_t)1 << 6)
#define SLAB_RECLAIM_ACCOUNT	((slab_flags_t)1 << 7)
#define SLAB_TEMPORARY		SLAB_RECLAIM_ACCOUNT
#define SLAB_CONSISTENCY_CHECKS ((slab_flags_t)1 << 8)
#define SLAB_RED_ZONE		((slab_flags_t)1 << 9)
#define SLAB_POISON		((slab_flags_t)1 << 10)
#define SLAB_STORE_USER		((slab_flags_t)1 << 11)
#define SLAB_KMALLOC		((slab_flags_t)1 << 12)
#define SLAB_NO_USER_FLAGS	((slab_flags_t)1 << 13)
#define SLAB_TRACE		((slab_flags_t)1 << 14)
/* None, as in a kernel that was built without what they are for. */
#define SLAB_NOLEAKTRACE   ((slab_flags_t)0)
#define SLAB_DEBUG_OBJECTS ((slab_flags_t)0)
#define SLAB_FAILSLAB	   ((slab_flags_t)0)
#define SLAB_KASAN	   ((slab_flags_t)0)
#define SLAB_SKIP_KFENCE   ((slab_flags_t)0)
#define SLAB_NO_OBJ_EXT	   ((slab_flags_t)0)

/*
 * SLAB_TYPESAFE_BY_RCU: a freed object stays readable, and what is read there
 * is an object of this cache, live or freed, for the life of the process: the
 * memory of such a cache is never given back to the system. (The kernel says
 * so for a grace period.) It may become another object of the cache at any
 * time, so a reader must check that it still has the one it wanted.
 */

struct kmem_cache;

struct kmem_cache_args {
	unsigned int align;	     /* a power of two up to 32 KiB; 0: 8 */
	unsigned int useroffset;     /* what check_object_size() lets pass, */
	unsigned int usersize;	     /* in bytes from the object's start */
	unsigned int freeptr_offset; /* accepted: nothing lies in free slots */
	bool use_freeptr_offset;
	/*
	 * Called once for each slot before it is first given, and again when
	 * its memory was given back to the system in between. An object is to
	 * be freed in the state that the constructor leaves.
	 */
	void (*ctor)(void *object);
	unsigned int sheaf_capacity; /* accepted: magazines find their size */
};

/*
 * kmem_cache_create(name, size, args, flags), args a struct kmem_cache_args *
 * or NULL; or, as ever, (name, size, align, flags, ctor). NULL, or a report
 * and the end under SLAB_PANIC: no name, a size of 0 or above KMALLOC_MAX_SIZE,
 * an alignment that cannot be (errno is EINVAL), no memory, too many caches
 * (ENOMEM). A user region that is not all in the object is none. The name is
 * copied; reports and snapshots show its first 47 bytes, and _ for blanks.
 * Who creates a cache that was destroyed again, alike in name, size, alignment,
 * constructor and flags, is given the same addresses again.
 */
#define kmem_cache_create(name, size, args, ...) \
	_Generic((args),                                                      \
		struct kmem_cache_args *: typeslab_kmem_cache_create,         \
		void *: typeslab_kmem_cache_create_default,                   \
		default: typeslab_kmem_cache_create_old)(name, size, args,    \
							 __VA_ARGS__)
struct kmem_cache *
typeslab_kmem_cache_create(const char *name, size_t size,
			   const struct kmem_cache_args *args,
			   slab_flags_t flags);

typeslab_inline struct kmem_cache *
typeslab_kmem_cache_create_default(const char *name, size_t size,
				   const void *args, slab_flags_t flags)
{
	(void)args;
	return typeslab_kmem_cache_create(name, size, NULL, flags);
}

typeslab_inline struct kmem_cache *
typeslab_kmem_cache_create_old(const char *name, size_t size,
			       unsigned int align, slab_flags_t flags,
			       void (*ctor)(void *object))
{
	const struct kmem_cache_args args = { .align = align, .ctor = ctor };

	return typeslab_kmem_cache_create(name, size, &args, flags);
}

typeslab_inline struct kmem_cache *
kmem_cache_create_usercopy(const char *name, size_t size, unsigned int align,
			   slab_flags_t flags, unsigned int useroffset,
			   unsigned int usersize, void (*ctor)(void *object))
{
	const struct kmem_cache_args args = {
		.align = align,
		.useroffset = useroffset,
		.usersize = usersize,
		.ctor = ctor,
	};

	return typeslab_kmem_cache_create(name, size, &args, flags);
}

/* A cache for struct @tag, named like it. */
#define KMEM_CACHE(tag, flags)                                         \
	kmem_cache_create(#tag, sizeof(struct tag),                    \
			  (&(struct kmem_cache_args){                  \
				  .align = __alignof__(struct tag) }), \
			  flags)
#define KMEM_CACHE_USERCOPY(tag, flags, field)                           \
	kmem_cache_create(                                               \
		#tag, sizeof(struct tag),                                \
		(&(struct kmem_cache_args){                              \
			.align = __alignof__(struct tag),                \
			.useroffset = offsetof(struct tag, field),       \
			.usersize = sizeof(((struct tag *)0)->field) }), \
		flags)

/*
 * Ends a cache that has no objects left. Where some are left that is reported,
 * and cache and objects stay as they are. NULL: nothing.
 */
void kmem_cache_destroy(struct kmem_cache *cache) __asm__(
	"typeslab_kmem_cache_destroy");

/*
 * An object, aligned as its cache is; __GFP_ZERO is not for caches with a
 * constructor, and does nothing there.
 */
void *kmem_cache_alloc(struct kmem_cache *cache,
		       gfp_t gfp) __asm__("typeslab_kmem_cache_alloc");
void *kmem_cache_alloc_node(struct kmem_cache *cache, gfp_t gfp,
			    int node) __asm__("typeslab_kmem_cache_alloc_node");
/* There is no list of what was used last to charge. */
#define kmem_cache_alloc_lru(cache, lru, gfp) kmem_cache_alloc(cache, gfp)
#define kmem_cache_zalloc(cache, gfp) \
	kmem_cache_alloc(cache, (gfp) | __GFP_ZERO)

/* Reports an object that is not of @cache; NULL: nothing. */
void kmem_cache_free(struct kmem_cache *cache,
		     void *object) __asm__("typeslab_kmem_cache_free");

/* @nr objects, each as kmem_cache_alloc(), or none: 0 then, else @nr. */
int kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t gfp, size_t nr,
			  void **objects) __asm__("typeslab_kmem_cache_alloc_"
						  "bulk");
/* @cache NULL: objects of any caches. */
void kmem_cache_free_bulk(struct kmem_cache *cache, size_t nr,
			  void **objects) __asm__("typeslab_kmem_cache_free_"
						  "bulk");

/* Gives memory of slabs without objects back to the system; always 0. */
int kmem_cache_shrink(struct kmem_cache *cache) __asm__(
	"typeslab_kmem_cache_shrink");
/* Bytes of an object, as they were asked for at the cache's creation. */
unsigned int
kmem_cache_size(struct kmem_cache *cache) __asm__("typeslab_kmem_cache_size");

/*
 * Dies with a report if [@p, @p + @size) begins in this heap and is not all in
 * what may be copied to or from users: the user region of a kmem_cache, the
 * whole of any other object, while they live. Memory that is not the heap's
 * passes.
 */
void check_object_size(const void *p, unsigned long size,
		       bool to_user) __asm__("typeslab_check_object_size");

/* A kernel that cannot print tells nothing of an object, either. */
typeslab_inline bool kmem_dump_obj(void *object)
{
	(void)object;
	return false;
}

/*
 * A private set of size classes, which wins over type and site. Each class is
 * a cache of its own, made when first needed. NULL, or a report and the end
 * under SLAB_PANIC: no name, and errno is EINVAL; no memory, or a set too many
 * (there are 1,023), and errno is ENOMEM. The name is copied. Of each object
 * users may have what [@useroffset, @useroffset + @usersize) holds of it. Other
 * flags and @ctor are accepted: a constructor would have to know one size.
 */
typedef struct kmem_buckets kmem_buckets;

kmem_buckets *
kmem_buckets_create(const char *name, slab_flags_t flags,
		    unsigned int useroffset, unsigned int usersize,
		    void (*ctor)(void *object)) __asm__("typeslab_kmem_buckets_"
							"create");
/*
 * As kmalloc() and kvmalloc(), from the set; @buckets NULL, as after a set that
 * could not be made: from a row. kfree() frees what these give.
 */
void *kmem_buckets_alloc(kmem_buckets *buckets, size_t size,
			 gfp_t gfp) __asm__("typeslab_kmem_buckets_alloc");
void *kmem_buckets_valloc(kmem_buckets *buckets, size_t size,
			  gfp_t gfp) __asm__("typeslab_kmem_buckets_valloc");
#define kmem_buckets_alloc_track_caller(buckets, size, gfp) \
	kmem_buckets_alloc(buckets, size, gfp)

#endif /* TYPESLAB_KMEM_CACHE_H */
