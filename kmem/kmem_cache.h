/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kmem_cache: caches of one's own; contracts in typeslab/kmem_cache.h.
 *
 * Owns:       the list of all that were ever created.
 * Promises:   a cache that was destroyed gives nothing, and what asks it is
 *             reported.
 * Relies on:  named_create() for bin and partition.
 */
#ifndef KMEM_KMEM_CACHE_H
#define KMEM_KMEM_CACHE_H

#include "heap/named.h"
#include "typeslab/kmem_cache.h"

struct kmem_cache {
	const char *name; /* whole; the one that is shown may be cut */
	uint32_t bin;	  /* no bin's of ours while destroyed: always empty */
	unsigned int object_size;
	slab_flags_t flags;
	unsigned int align;
	unsigned int useroffset;
	unsigned int usersize;
	struct named *named;
	struct kmem_cache *next;
};

/* A destroyed cache's bin: no class's, so it has no magazine and no slab. */
#define KMEM_CACHE_DEAD bin_offset(0, NR_CLASSES)
_Static_assert(NR_CLASSES < CLASS_LARGE, "a row has columns to spare");

/* Reports that a cache or set of that name, or NULL, could not be made. */
cold_path never_returns void kmem_cache_panic(const char *name);

#endif /* KMEM_KMEM_CACHE_H */
