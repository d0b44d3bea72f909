/* SPDX-License-Identifier: Apache-2.0 */
/* krealloc: objects that grow and shrink; contracts in typeslab/kmalloc.h. */
#include "typeslab/kmalloc.h"

#include "kmem/request.h"

#include "base/align.h"
#include "os/node.h"

#include <errno.h>
#include <string.h>

/* The node an object's cache takes its memory from; -1: any. */
static int node_of(const void *p)
{
	const struct slab *slab = slab_of_chunk(region_chunk_of(p));

	return layout_is_named(slab->bin) ? layout_named(slab->bin)->node : -1;
}

static bool is_well_placed(const void *p, const struct request *wanted)
{
	bool has_node = wanted->node < 0 || node_count() == 1 ||
			node_of(p) == wanted->node;

	return !((uintptr_t)p & (wanted->align - 1)) && has_node;
}

/* What the object has beyond @size is not zero, whoever wrote there. */
static void clear_rest(void *p, size_t size, size_t usable)
{
	memset((char *)p + size, 0, usable - size);
}

static void *resize(const void *p, struct request *wanted, size_t most,
		    struct typeslab_from from)
{
	void *old = (void *)p;
	size_t had = heap_usable_size(p, ACT_REALLOC);
	bool zero = wanted->gfp & __GFP_ZERO;
	void *moved;

	if (!had)
		return NULL; /* reported, under compat */
	if (wanted->size <= had && is_well_placed(p, wanted)) {
		if (zero)
			clear_rest(old, wanted->size, had);
		return old;
	}
	if (wanted->align < 2 && most == KMALLOC_MAX_SIZE &&
	    wanted->size > SMALL_MAX)
		wanted->align = wanted->size & -wanted->size;
	moved = request_alloc(from, wanted, most);
	if (!moved)
		return NULL;
	memcpy(moved, old, size_min(had, wanted->size));
	heap_free(old);
	return moved;
}

static void *realloc_most(const void *p, struct request *wanted, size_t most,
			  struct typeslab_from from)
{
	if (!wanted->size) {
		if (!ZERO_OR_NULL_PTR(p))
			heap_free((void *)p);
		return ZERO_SIZE_PTR;
	}
	if (!is_power_of_two(wanted->align))
		return request_refuse(wanted->size, wanted->gfp);
	if (ZERO_OR_NULL_PTR(p))
		return request_alloc(from, wanted, most);
	return resize(p, wanted, most, from);
}

exported void *typeslab_krealloc(const void *p, size_t size, size_t align,
				 gfp_t gfp, int node, struct typeslab_from from)
{
	struct request wanted = {
		.size = size,
		.align = align,
		.gfp = gfp,
		.node = node,
	};

	return realloc_most(p, &wanted, KMALLOC_MAX_SIZE, from);
}

exported void *typeslab_kvrealloc(const void *p, size_t size, size_t align,
				  gfp_t gfp, int node,
				  struct typeslab_from from)
{
	struct request wanted = {
		.size = size,
		.align = align,
		.gfp = gfp,
		.node = node,
	};

	return realloc_most(p, &wanted, KVMALLOC_MAX_SIZE, from);
}
