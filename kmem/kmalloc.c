/* SPDX-License-Identifier: Apache-2.0 */
/* kmalloc: objects by size; contracts in typeslab/kmalloc.h. */
#include "typeslab/kmalloc.h"

#include "kmem/request.h"

#include "heap/large.h"

#include <errno.h>
#include <string.h>

/* What kmalloc_nolock() knows how to keep. */
#define GFP_NOLOCK (__GFP_ZERO | __GFP_ACCOUNT | __GFP_NO_OBJ_EXT)

/*
 * The magazine for the site's row, where that was @found, in the column of a
 * class; NULL: it is empty, or no such row is known.
 */
static always_inline struct bin *find_stock(const struct typeslab_site *site,
					    uint32_t found, uint32_t wish)
{
	/* Pairs with the release in request.c: there is a heap to look at. */
	uint64_t row = __atomic_load_n(&site->row, __ATOMIC_ACQUIRE);
	unsigned int class = TYPESLAB_CLASS_OF_WISH(wish);
	uint64_t column = (uint64_t) class << BIN_SHIFT;
	struct bin *bin;
	char *behind;

	if (unlikely(!(row & found)))
		return NULL;
	if (found == ROW_FOUND_BY_CLASS)
		column *= layout.order.nr;
	/* What is a constant is for the instructions that use it. */
	behind = (char *)thread_bin(row + column);
	compute_now(behind);
	bin = (struct bin *)(behind - found);
	return unlikely(magazine_is_empty(bin)) ? NULL : bin;
}

static void *take(struct bin *bin, uint32_t wish, gfp_t gfp)
{
	void *p = heap_take_from(bin);

	if (unlikely(gfp & __GFP_ZERO))
		memset(p, 0, class_size(TYPESLAB_CLASS_OF_WISH(wish)));
	return p;
}

static never_inline void *alloc_slow(struct typeslab_from from, uint32_t wish,
				     gfp_t gfp)
{
	const struct request request = {
		.size = TYPESLAB_SIZE_OF_WISH(wish),
		.most = KMALLOC_MAX_SIZE,
		.gfp = gfp,
		.node = NUMA_NO_NODE,
	};
	struct bin *bin = find_stock(from.site, ROW_FOUND_BY_CLASS, wish);

	if (bin && !(gfp & GFP_SPECIAL))
		return take(bin, wish, gfp);
	return request_alloc(from, &request);
}

exported void *typeslab_kmalloc_usual(struct typeslab_from from, uint32_t wish)
{
	struct bin *bin = find_stock(from.site, ROW_FOUND, wish);

	if (unlikely(!bin))
		return alloc_slow(from, wish, GFP_KERNEL);
	return heap_take_from(bin);
}

exported void *typeslab_kmalloc_wish(struct typeslab_from from, uint32_t wish,
				     gfp_t gfp)
{
	struct bin *bin = find_stock(from.site, ROW_FOUND, wish);

	if (unlikely(!bin || gfp & GFP_SPECIAL))
		return alloc_slow(from, wish, gfp);
	return take(bin, wish, gfp);
}

exported void *typeslab_kmalloc(size_t size, gfp_t gfp,
				struct typeslab_from from)
{
	const struct request request = {
		.size = size,
		.most = KMALLOC_MAX_SIZE,
		.gfp = gfp,
		.node = NUMA_NO_NODE,
	};

	if (likely(size && size <= SMALL_MAX && from.site))
		return typeslab_kmalloc_wish(
			from, TYPESLAB_WISH(class_of(size), size), gfp);
	return request_alloc(from, &request);
}

exported void *typeslab_kmalloc_node(size_t size, gfp_t gfp,
				     struct typeslab_from from, int node)
{
	const struct request request = {
		.size = size,
		.most = KMALLOC_MAX_SIZE,
		.gfp = gfp,
		.node = node,
	};

	return request_alloc(from, &request);
}

exported void *typeslab_kvmalloc(size_t size, gfp_t gfp,
				 struct typeslab_from from, int node)
{
	const struct request request = {
		.size = size,
		.most = KVMALLOC_MAX_SIZE,
		.gfp = gfp,
		.node = node,
	};

	return request_alloc(from, &request);
}

exported void *typeslab_kmalloc_plain(size_t size)
{
	struct typeslab_from from = { 0, NULL };

	if (unlikely(!size))
		return ZERO_SIZE_PTR;
	if (likely(size <= SMALL_MAX && !layout.is_hardened))
		return heap_alloc(size, 0,
				  (uintptr_t)__builtin_return_address(0));
	return typeslab_kmalloc(size, GFP_KERNEL, from);
}

exported void *typeslab_kcalloc_plain(size_t nr, size_t size)
{
	struct typeslab_from from = { 0, NULL };
	void *p;

	size = typeslab_size_mul(nr, size);
	if (unlikely(!size))
		return ZERO_SIZE_PTR;
	if (unlikely(size > SMALL_MAX || layout.is_hardened))
		return typeslab_kmalloc(size, GFP_KERNEL | __GFP_ZERO, from);
	p = heap_alloc(size, 0, (uintptr_t)__builtin_return_address(0));
	return p ? memset(p, 0, class_size(class_of(size))) : NULL;
}

exported void *typeslab_kmalloc_nolock(size_t size, gfp_t gfp, int node,
				       struct typeslab_from from)
{
	const struct request request = {
		.size = size,
		.most = KMALLOC_MAX_CACHE_SIZE,
		.gfp = gfp | GFP_ANY_INSTANT,
		.node = NUMA_NO_NODE,
	};
	int saved = errno;
	void *p;

	(void)node;
	if (gfp & ~GFP_NOLOCK)
		return NULL;
	p = request_alloc(from, &request);
	errno = saved;
	return p;
}

exported size_t typeslab_size_roundup(size_t size)
{
	unsigned int class;

	/* It may be the program's first call. */
	if (!size || size > KVMALLOC_MAX_SIZE || !heap_boot())
		return size;
	class = request_class(size, 0, layout.scrub.canary);
	if (class == NR_CLASSES)
		return large_usable(size);
	return layout_usable(class_size(class));
}
