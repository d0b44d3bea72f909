/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kmalloc.h: objects by size and by the type that the call site shows. Part
 * of typeslab/slab.h, where what holds for all functions is said.
 */
#ifndef TYPESLAB_KMALLOC_H
#define TYPESLAB_KMALLOC_H

#include "typeslab/gfp.h"
#include "typeslab/slab_site.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#define ZERO_SIZE_PTR	    ((void *)16)
#define ZERO_OR_NULL_PTR(p) ((uintptr_t)(p) <= (uintptr_t)ZERO_SIZE_PTR)

/* Objects up to this come from a cache, larger ones lie alone. */
#define KMALLOC_MAX_CACHE_SIZE TYPESLAB_CLASS_MAX
/* kmalloc() refuses more; kvmalloc() goes on to KVMALLOC_MAX_SIZE. */
#define KMALLOC_MAX_SIZE  ((size_t)4 << 20)
#define KVMALLOC_MAX_SIZE ((size_t)INT_MAX)
#define KMALLOC_MIN_SIZE  16
/* Their logarithms. */
#define KMALLOC_SHIFT_LOW     4
#define KMALLOC_SHIFT_HIGH    15
#define KMALLOC_SHIFT_MAX     22
#define KMALLOC_MINALIGN      16
#define ARCH_KMALLOC_MINALIGN KMALLOC_MINALIGN
#define ARCH_SLAB_MINALIGN    8

#define NUMA_NO_NODE (-1)

/* gcc takes a const pointer for one whose bytes are read. */
#ifdef __has_attribute
#if __has_attribute(__access__)
#define typeslab_reads_nothing __attribute__((__access__(none, 1)))
#endif
#endif
#ifndef typeslab_reads_nothing
#define typeslab_reads_nothing
#endif

/* The library's own names; programs call the macros below. */
void *typeslab_kmalloc_usual(struct typeslab_from from, uint32_t wish);
void *typeslab_kmalloc_wish(struct typeslab_from from, uint32_t wish,
			    gfp_t gfp);
void *typeslab_kmalloc(size_t size, gfp_t gfp, struct typeslab_from from);
void *typeslab_kmalloc_node(size_t size, gfp_t gfp, struct typeslab_from from,
			    int node);
void *typeslab_kvmalloc(size_t size, gfp_t gfp, struct typeslab_from from,
			int node);
void *typeslab_krealloc(const void *p, size_t size, size_t align, gfp_t gfp,
			int node, struct typeslab_from from);
void *typeslab_kvrealloc(const void *p, size_t size, size_t align, gfp_t gfp,
			 int node, struct typeslab_from from);
void *typeslab_kmalloc_nolock(size_t size, gfp_t gfp, int node,
			      struct typeslab_from from);
void *typeslab_kmalloc_plain(size_t size);
void *typeslab_kcalloc_plain(size_t nr, size_t size);

/*
 * Frees @p, which any function of this API, malloc() or kmem_cache_alloc()
 * gave; NULL and ZERO_SIZE_PTR: nothing. May wait for a lock that another
 * thread holds for some hundred instructions, and now and then gives memory
 * back to the system. What is no live object is reported, as by free().
 */
void kfree(const void *p) __asm__("typeslab_kfree") typeslab_reads_nothing;
void kvfree(const void *p) __asm__("typeslab_kfree") typeslab_reads_nothing;
/* kfree() after all ksize() bytes were made zero. */
void kfree_sensitive(const void *p) __asm__("typeslab_kfree_sensitive");
/* The same: the kernel has to be told how much, here @len is not looked at. */
typeslab_inline void kvfree_sensitive(const void *p, size_t len)
{
	(void)len;
	kfree_sensitive(p);
}
/* kfree() for each of @nr objects, of whatever caches; none may be NULL. */
void kfree_bulk(size_t nr, void **p) __asm__("typeslab_kfree_bulk");
/*
 * kfree() from any context: takes only locks that are free at that moment,
 * makes no system call but to wake a thread that waits for the lock it gives
 * back. For what kmalloc_nolock() gave. The object is free at once, and is
 * given again after the next time that its cache is locked.
 */
void kfree_nolock(const void *p) __asm__("typeslab_kfree_nolock");

/* Usable bytes of an object; 0 for NULL and ZERO_SIZE_PTR. */
size_t ksize(const void *p) __asm__("typeslab_ksize");
/*
 * What ksize() would say of a kmalloc() of @size; the same, or @size if there
 * is none. Of accounted, reclaimable and bucketed objects it is not more.
 */
size_t kmalloc_size_roundup(size_t size) __asm__("typeslab_size_roundup");

#if defined(TYPESLAB_NO_PARTITIONS)
/* Flags with which malloc() does all that is asked. */
#define TYPESLAB_GFP_IS_PLAIN(gfp)                                    \
	(__builtin_constant_p(gfp) && ((gfp)&__GFP_DIRECT_RECLAIM) && \
	 !((gfp) &                                                    \
	   (__GFP_NOFAIL | __GFP_NOWARN | __GFP_ACCOUNT | __GFP_RECLAIMABLE)))

typeslab_inline void *typeslab_kmalloc_from(struct typeslab_from from,
					    size_t size, gfp_t gfp)
{
	if (!TYPESLAB_GFP_IS_PLAIN(gfp))
		return typeslab_kmalloc(size, gfp, from);
	/* Not calloc(): krealloc() relies on what lies behind @size, too. */
	if (gfp & __GFP_ZERO)
		return typeslab_kcalloc_plain(1, size);
	if (__builtin_constant_p(size) && size && size <= TYPESLAB_CLASS_MAX)
		return malloc(size);
	return typeslab_kmalloc_plain(size);
}

typeslab_inline void *typeslab_kcalloc_from(struct typeslab_from from,
					    size_t nr, size_t size, gfp_t gfp)
{
	if (TYPESLAB_GFP_IS_PLAIN(gfp))
		return typeslab_kcalloc_plain(nr, size);
	return typeslab_kmalloc(typeslab_size_mul(nr, size), gfp | __GFP_ZERO,
				from);
}
#else
/* Flags that ask for nothing but an object, and may wait for it. */
#define TYPESLAB_GFP_IS_USUAL(gfp)    \
	(__builtin_constant_p(gfp) && \
	 ((gfp) | __GFP_IO | __GFP_FS) == GFP_KERNEL)

typeslab_inline void *typeslab_kmalloc_from(struct typeslab_from from,
					    size_t size, gfp_t gfp)
{
	uint32_t wish;

	if (!__builtin_constant_p(size) || !size || size > TYPESLAB_CLASS_MAX)
		return typeslab_kmalloc(size, gfp, from);
	wish = TYPESLAB_WISH(typeslab_class_of(size), size);
	if (TYPESLAB_GFP_IS_USUAL(gfp))
		return typeslab_kmalloc_usual(from, wish);
	return typeslab_kmalloc_wish(from, wish, gfp);
}

typeslab_inline void *typeslab_kcalloc_from(struct typeslab_from from,
					    size_t nr, size_t size, gfp_t gfp)
{
	return typeslab_kmalloc_from(from, typeslab_size_mul(nr, size),
				     gfp | __GFP_ZERO);
}
#endif

typeslab_inline void *typeslab_kmalloc_node_from(struct typeslab_from from,
						 size_t size, gfp_t gfp,
						 int node)
{
	if (__builtin_constant_p(node) && node == NUMA_NO_NODE)
		return typeslab_kmalloc_from(from, size, gfp);
	return typeslab_kmalloc_node(size, gfp, from, node);
}

typeslab_inline void *typeslab_kvmalloc_node_from(struct typeslab_from from,
						  size_t size, gfp_t gfp,
						  int node)
{
	if (__builtin_constant_p(size) && size <= TYPESLAB_CLASS_MAX)
		return typeslab_kmalloc_node_from(from, size, gfp, node);
	return typeslab_kvmalloc(size, gfp, from, node);
}

/* For arguments in the order of each macro; see there. */
typeslab_inline void *typeslab_kzalloc_from(struct typeslab_from from,
					    size_t size, gfp_t gfp)
{
	return typeslab_kmalloc_from(from, size, gfp | __GFP_ZERO);
}

typeslab_inline void *typeslab_kzalloc_node_from(struct typeslab_from from,
						 size_t size, gfp_t gfp,
						 int node)
{
	return typeslab_kmalloc_node_from(from, size, gfp | __GFP_ZERO, node);
}

typeslab_inline void *typeslab_kmalloc_array_from(struct typeslab_from from,
						  size_t nr, size_t size,
						  gfp_t gfp)
{
	return typeslab_kmalloc_from(from, typeslab_size_mul(nr, size), gfp);
}

typeslab_inline void *
typeslab_kmalloc_array_node_from(struct typeslab_from from, size_t nr,
				 size_t size, gfp_t gfp, int node)
{
	return typeslab_kmalloc_node_from(from, typeslab_size_mul(nr, size),
					  gfp, node);
}

typeslab_inline void *typeslab_kcalloc_node_from(struct typeslab_from from,
						 size_t nr, size_t size,
						 gfp_t gfp, int node)
{
	return typeslab_kmalloc_array_node_from(from, nr, size,
						gfp | __GFP_ZERO, node);
}

typeslab_inline void *typeslab_kvmalloc_from(struct typeslab_from from,
					     size_t size, gfp_t gfp)
{
	return typeslab_kvmalloc_node_from(from, size, gfp, NUMA_NO_NODE);
}

typeslab_inline void *typeslab_kvzalloc_from(struct typeslab_from from,
					     size_t size, gfp_t gfp)
{
	return typeslab_kvmalloc_from(from, size, gfp | __GFP_ZERO);
}

typeslab_inline void *typeslab_kvmalloc_array_from(struct typeslab_from from,
						   size_t nr, size_t size,
						   gfp_t gfp)
{
	return typeslab_kvmalloc_from(from, typeslab_size_mul(nr, size), gfp);
}

typeslab_inline void *typeslab_kvcalloc_from(struct typeslab_from from,
					     size_t nr, size_t size, gfp_t gfp)
{
	return typeslab_kvmalloc_array_from(from, nr, size, gfp | __GFP_ZERO);
}

typeslab_inline void *typeslab_kvzalloc_node_from(struct typeslab_from from,
						  size_t size, gfp_t gfp,
						  int node)
{
	return typeslab_kvmalloc_node_from(from, size, gfp | __GFP_ZERO, node);
}

typeslab_inline void *
typeslab_kvmalloc_array_node_from(struct typeslab_from from, size_t nr,
				  size_t size, gfp_t gfp, int node)
{
	return typeslab_kvmalloc_node_from(from, typeslab_size_mul(nr, size),
					   gfp, node);
}

typeslab_inline void *typeslab_kvcalloc_node_from(struct typeslab_from from,
						  size_t nr, size_t size,
						  gfp_t gfp, int node)
{
	return typeslab_kvmalloc_array_node_from(from, nr, size,
						 gfp | __GFP_ZERO, node);
}

/* krealloc() and kvrealloc(), with or without align and node. */
#define typeslab_krealloc_from(from, p, size, gfp) \
	typeslab_krealloc(p, size, 1, gfp, NUMA_NO_NODE, from)
#define typeslab_krealloc_node_from(from, p, size, gfp, node) \
	typeslab_krealloc(p, size, 1, gfp, node, from)
#define typeslab_kvrealloc_node_from(from, p, size, gfp, node) \
	typeslab_kvrealloc(p, size, 1, gfp, node, from)
#define typeslab_krealloc_node_align_from(from, p, size, align, gfp, node) \
	typeslab_krealloc(p, size, align, gfp, node, from)
#define typeslab_kvrealloc_from(from, p, size, gfp) \
	typeslab_kvrealloc(p, size, 1, gfp, NUMA_NO_NODE, from)
#define typeslab_kvrealloc_node_align_from(from, p, size, align, gfp, node) \
	typeslab_kvrealloc(p, size, align, gfp, node, from)
#define typeslab_krealloc_array_from(from, p, nr, size, gfp) \
	typeslab_krealloc_from(from, p, typeslab_size_mul(nr, size), gfp)
#define typeslab_kmalloc_nolock_from(from, size, gfp, node) \
	typeslab_kmalloc_nolock(size, gfp, node, from)

/* name(arguments...) as the function above that takes who calls, too. */
#define TYPESLAB_CALL(name, ...) \
	typeslab_##name##_from(TYPESLAB_FROM(__VA_ARGS__), __VA_ARGS__)

/* kmalloc(size, gfp): at least @size bytes. kzalloc(): all zero. */
#define kmalloc(...) TYPESLAB_CALL(kmalloc, __VA_ARGS__)
#define kzalloc(...) TYPESLAB_CALL(kzalloc, __VA_ARGS__)
/* kmalloc_array(nr, size, gfp): NULL where the product does not fit. */
#define kmalloc_array(...) TYPESLAB_CALL(kmalloc_array, __VA_ARGS__)
#define kcalloc(...)	   TYPESLAB_CALL(kcalloc, __VA_ARGS__)

/* The same, the last argument being the node whose memory is preferred. */
#define kmalloc_node(...)	TYPESLAB_CALL(kmalloc_node, __VA_ARGS__)
#define kzalloc_node(...)	TYPESLAB_CALL(kzalloc_node, __VA_ARGS__)
#define kmalloc_array_node(...) TYPESLAB_CALL(kmalloc_array_node, __VA_ARGS__)
#define kcalloc_node(...)	TYPESLAB_CALL(kcalloc_node, __VA_ARGS__)

/* Here a site is a site: who tracks callers passes the type on, no more. */
#define kmalloc_track_caller(...)      kmalloc(__VA_ARGS__)
#define kmalloc_node_track_caller(...) kmalloc_node(__VA_ARGS__)

/*
 * krealloc(p, size, gfp): @p with its first min(old, @size) bytes kept. NULL
 * or ZERO_SIZE_PTR: allocates; @size 0: frees, and gives ZERO_SIZE_PTR. An
 * object that fits stays where it is and in its row; one that moves goes where
 * the new type belongs. On failure NULL, and @p is as it was. With __GFP_ZERO
 * what is added is zero, if all calls for this object said so. Who may not wait
 * frees the old object as kfree_nolock() does.
 */
#define krealloc(...)	    TYPESLAB_CALL(krealloc, __VA_ARGS__)
#define krealloc_array(...) TYPESLAB_CALL(krealloc_array, __VA_ARGS__)
#define krealloc_node(...)  TYPESLAB_CALL(krealloc_node, __VA_ARGS__)
/*
 * krealloc_node_align(p, size, align, gfp, node): the result is aligned to
 * @align too, a power of two, or NULL. What lies on another node moves.
 */
#define krealloc_node_align(...) TYPESLAB_CALL(krealloc_node_align, __VA_ARGS__)

/* kvmalloc(size, gfp): as kmalloc(), and up to KVMALLOC_MAX_SIZE. */
#define kvmalloc(...)		 TYPESLAB_CALL(kvmalloc, __VA_ARGS__)
#define kvzalloc(...)		 TYPESLAB_CALL(kvzalloc, __VA_ARGS__)
#define kvmalloc_node(...)	 TYPESLAB_CALL(kvmalloc_node, __VA_ARGS__)
#define kvmalloc_array(...)	 TYPESLAB_CALL(kvmalloc_array, __VA_ARGS__)
#define kvcalloc(...)		 TYPESLAB_CALL(kvcalloc, __VA_ARGS__)
#define kvrealloc(...)		 TYPESLAB_CALL(kvrealloc, __VA_ARGS__)
#define kvzalloc_node(...)	 TYPESLAB_CALL(kvzalloc_node, __VA_ARGS__)
#define kvmalloc_array_node(...) TYPESLAB_CALL(kvmalloc_array_node, __VA_ARGS__)
#define kvcalloc_node(...)	 TYPESLAB_CALL(kvcalloc_node, __VA_ARGS__)
#define kvrealloc_node(...)	 TYPESLAB_CALL(kvrealloc_node, __VA_ARGS__)
#define kvrealloc_node_align(...) \
	TYPESLAB_CALL(kvrealloc_node_align, __VA_ARGS__)

/*
 * kmalloc_nolock(size, gfp, node): from any context, a signal handler that
 * interrupted the allocator itself included. Takes only locks that are free
 * at that moment, makes no system call but to wake a thread that waits for the
 * lock it gives back, touches nothing of the thread's own stock, leaves errno
 * alone. May give NULL at any time. Only __GFP_ZERO, __GFP_ACCOUNT and
 * __GFP_NO_OBJ_EXT are allowed; with another flag, or above
 * KMALLOC_MAX_CACHE_SIZE: NULL. kfree() takes the object as well.
 */
#define kmalloc_nolock(...) TYPESLAB_CALL(kmalloc_nolock, __VA_ARGS__)

#endif /* TYPESLAB_KMALLOC_H */
