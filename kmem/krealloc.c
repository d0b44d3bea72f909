/* SPDX-License-Identifier: Apache-2.0 */
/* krealloc: objects that grow and shrink; contracts in typeslab/kmalloc.h. */
#include "typeslab/kmalloc.h"

#include "kmem/request.h"

#include "base/align.h"
#include "heap/place.h"
#include "os/node.h"

#include <errno.h>
#include <string.h>

/* The node an object's cache takes its memory from; -1: any. */
static int node_of(const void *p)
{
	size_t chunk = region_chunk_of(untagged(p));
	uint32_t bin = bin_of_slab(slab_of_chunk(chunk));

	return layout_is_named(bin) ? layout_named(bin)->node : -1;
}

/* Who may not wait takes any node, as the allocation does. */
static bool is_on_its_node(const void *p, const struct request *wanted)
{
	return !gfpflags_allow_blocking(wanted->gfp) || wanted->node < 0 ||
	       node_count() == 1 || wanted->node >= node_count() ||
	       node_of(p) == wanted->node;
}

static bool is_well_placed(const void *p, const struct request *wanted)
{
	return !((uintptr_t)p & (wanted->align - 1)) &&
	       is_on_its_node(p, wanted);
}

/* kfree() may wait for a lock, and give memory back to the system. */
static void free_old(const void *p, gfp_t gfp)
{
	if (gfpflags_allow_blocking(gfp))
		heap_free((void *)p);
	else
		kfree_nolock(p);
}

static void *resize(const void *p, const struct request *wanted,
		    struct typeslab_from from)
{
	char *old = untagged(p);
	size_t had = heap_usable_size(p, ACT_REALLOC);
	void *moved;

	/* Reported, and this is compat. */
	if (!had) {
		errno = EINVAL;
		return NULL;
	}
	if (wanted->size <= had && is_well_placed(p, wanted)) {
		/* What lies beyond is not zero, whoever wrote there. */
		if (wanted->gfp & __GFP_ZERO)
			memset(old + wanted->size, 0, had - wanted->size);
		return (void *)p;
	}
	moved = request_alloc(from, wanted);
	if (!moved)
		return NULL;
	memcpy(moved, old, size_min(had, wanted->size));
	free_old(old, wanted->gfp);
	return moved;
}

static void *realloc_for(const void *p, const struct request *wanted,
			 struct typeslab_from from)
{
	if (!wanted->size) {
		if (!ZERO_OR_NULL_PTR(p))
			free_old(p, wanted->gfp);
		return ZERO_SIZE_PTR;
	}
	if (!is_power_of_two(wanted->align)) {
		errno = EINVAL;
		return NULL;
	}
	if (ZERO_OR_NULL_PTR(p))
		return request_alloc(from, wanted);
	return resize(p, wanted, from);
}

exported void *typeslab_krealloc(const void *p, size_t size, size_t align,
				 gfp_t gfp, int node, struct typeslab_from from)
{
	const struct request wanted = {
		.size = size,
		.most = KMALLOC_MAX_SIZE,
		.align = align,
		.gfp = gfp,
		.node = node,
	};

	return realloc_for(p, &wanted, from);
}

exported void *typeslab_kvrealloc(const void *p, size_t size, size_t align,
				  gfp_t gfp, int node,
				  struct typeslab_from from)
{
	const struct request wanted = {
		.size = size,
		.most = KVMALLOC_MAX_SIZE,
		.align = align,
		.gfp = gfp,
		.node = node,
	};

	return realloc_for(p, &wanted, from);
}
