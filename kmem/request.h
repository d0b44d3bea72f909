/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: one allocation of the slab API, from its flags to an object.
 *
 * Owns:       nothing.
 * Promises:   what include/typeslab/gfp.h says of each flag, for all the
 *             functions of this room.
 * Relies on:  twin/ for the caches of accounted, reclaimable and bound
 *             objects; nowait/ for who may not wait.
 */
#ifndef KMEM_REQUEST_H
#define KMEM_REQUEST_H

#include "heap/heap.h"
#include "typeslab/slab.h"

/* Flags that the fast paths leave to the slow ones. */
#define GFP_SPECIAL (__GFP_ACCOUNT | __GFP_RECLAIMABLE)

/* A flag of our own: kmalloc_nolock() asks. */
#define GFP_ANY_INSTANT ((gfp_t)1 << __GFP_BITS_SHIFT)

/*
 * A site's word: the row's bin offset, and a bit that tells row 0 from none,
 * and in which order the bins lie: row by row, or by class.
 */
#define ROW_FOUND	   1u
#define ROW_FOUND_BY_CLASS 2u

struct request {
	size_t size;
	size_t most;  /* larger sizes are refused */
	size_t align; /* at least so much, a power of two; 0: as the size has */
	gfp_t gfp;
	int node;
	uint32_t set; /* of kmem_buckets; 0: none */
};

/*
 * The class of a row's cache for @size bytes, 1 or more; NR_CLASSES: none. A
 * slot's size alone aligns it as kmalloc() promises, unless a canary is in it,
 * too. After the boot.
 */
unsigned int request_class(size_t size, size_t align, size_t canary);

/* A slot of one bin as @gfp says, not zeroed; @size is for the words. */
void *request_in_bin(uint32_t bin, size_t size, gfp_t gfp);

/* An object from the caches of the site's row, or their twins. */
void *request_alloc(struct typeslab_from from, const struct request *request);

/* NULL, errno and, unless @gfp says no, a line on standard error. */
cold_path void *request_refuse(size_t size, gfp_t gfp);

#endif /* KMEM_REQUEST_H */
