/* SPDX-License-Identifier: Apache-2.0 */
/* kmalloc: objects by size; contracts in typeslab/kmalloc.h. */
#include "typeslab/kmalloc.h"

#include "kmem/request.h"

#include "base/align.h"
#include "os/os.h"

#include <errno.h>
#include <string.h>

/* What kmalloc_nolock() knows how to keep. */
#define GFP_NOLOCK (__GFP_ZERO | __GFP_ACCOUNT | __GFP_NO_OBJ_EXT)

/* The largest power of two that divides the size: slots have it anyway. */
static size_t natural_align(size_t size)
{
	return size > SMALL_MAX ? size & -size : 1;
}

static never_inline void *alloc_class(unsigned int class, gfp_t gfp,
				      struct typeslab_from from)
{
	const struct request request = {
		.size = class_size(class),
		.align = 1,
		.gfp = gfp,
		.node = NUMA_NO_NODE,
	};

	return request_alloc(from, &request, KMALLOC_MAX_SIZE);
}

exported void *typeslab_kmalloc_class(unsigned int class, gfp_t gfp,
				      struct typeslab_from from)
{
	uint64_t row = __atomic_load_n(&from.site->row, __ATOMIC_RELAXED);
	uint64_t column = (uint64_t) class << BIN_SHIFT;
	struct bin *bin = thread_bin(row + column - ROW_FOUND);
	void *p;

	if (unlikely(!row || gfp & GFP_SPECIAL || magazine_is_empty(bin)))
		return alloc_class(class, gfp, from);
	p = heap_take_from(bin);
	if (unlikely(gfp & __GFP_ZERO))
		memset(p, 0, class_size(class));
	return p;
}

exported void *typeslab_kmalloc(size_t size, gfp_t gfp,
				struct typeslab_from from)
{
	const struct request request = {
		.size = size,
		.align = natural_align(size),
		.gfp = gfp,
		.node = NUMA_NO_NODE,
	};

	if (likely(size && size <= SMALL_MAX && from.site &&
		   !layout.is_hardened))
		return typeslab_kmalloc_class(class_of(size), gfp, from);
	return request_alloc(from, &request, KMALLOC_MAX_SIZE);
}

exported void *typeslab_kmalloc_node(size_t size, gfp_t gfp,
				     struct typeslab_from from, int node)
{
	const struct request request = {
		.size = size,
		.align = natural_align(size),
		.gfp = gfp,
		.node = node,
	};

	return request_alloc(from, &request, KMALLOC_MAX_SIZE);
}

/* What kmalloc() would not have need not be aligned to more than a page. */
exported void *typeslab_kvmalloc(size_t size, gfp_t gfp,
				 struct typeslab_from from, int node)
{
	const struct request request = {
		.size = size,
		.align = 1,
		.gfp = gfp,
		.node = node,
	};

	return request_alloc(from, &request, KVMALLOC_MAX_SIZE);
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

exported void *typeslab_kmalloc_nolock(size_t size, gfp_t gfp, int node,
				       struct typeslab_from from)
{
	const struct request request = {
		.size = size,
		.align = 1,
		.gfp = gfp,
		.node = NUMA_NO_NODE,
	};
	int saved = errno;
	void *p;

	(void)node;
	if (gfp & ~GFP_NOLOCK)
		return NULL;
	p = request_alloc(from, &request, KMALLOC_MAX_CACHE_SIZE);
	errno = saved;
	return p;
}

exported size_t typeslab_size_roundup(size_t size)
{
	unsigned int class;

	if (!size || size > KVMALLOC_MAX_SIZE)
		return size;
	class = request_class(size, 1, layout.scrub.canary);
	if (class == NR_CLASSES)
		return round_up(size, os_page_size());
	return layout_usable(class_size(class));
}
