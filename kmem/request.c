/* SPDX-License-Identifier: Apache-2.0 */
/* request: see request.h. */
#include "kmem/request.h"

#include "kmem/twin.h"

#include "base/align.h"
#include "heap/nowait.h"
#include "os/node.h"
#include "os/os.h"

#include <errno.h>
#include <string.h>

/*
 * How often who must not fail asks again while others run. Memory that other
 * threads free comes back within their time slices, or does not.
 */
#define NOFAIL_ROUNDS 1000

void *request_refuse(size_t size, gfp_t gfp)
{
	/* To say so is a system call. */
	if (gfpflags_allow_blocking(gfp) && !(gfp & __GFP_NOWARN))
		report_no_memory(size);
	errno = ENOMEM;
	return NULL;
}

bool request_find_row(struct typeslab_from from, gfp_t gfp, uint32_t *row)
{
	uintptr_t site = from.site ? (uintptr_t)from.site : from.token;
	uint32_t known = 0;

	if (from.site)
		known = __atomic_load_n(&from.site->row, __ATOMIC_RELAXED);
	if (likely(known)) {
		*row = known & ~ROW_FOUND;
		return true;
	}
	if (!heap_is_booted() &&
	    (!gfpflags_allow_blocking(gfp) || !heap_boot()))
		return false;
	*row = layout_row(from.token, site) << ROW_SHIFT;
	if (from.site)
		__atomic_store_n(&from.site->row, *row | ROW_FOUND,
				 __ATOMIC_RELAXED);
	return true;
}

/* Asks again until it works, or until nobody is left who could free. */
static bool is_worth_asking_again(gfp_t gfp, size_t size, unsigned int round)
{
	if (!(gfp & __GFP_NOFAIL))
		return false;
	if (os_is_single_threaded() || round >= NOFAIL_ROUNDS)
		report_must_not_fail(size);
	os_yield();
	return true;
}

void *request_in_bin(uint32_t bin, size_t size, gfp_t gfp)
{
	unsigned int round = 0;
	void *p;

	if (!gfpflags_allow_blocking(gfp)) {
		p = nowait_alloc(bin);
		return p ? p : request_refuse(size, gfp);
	}
	do
		p = heap_alloc_in_bin(bin);
	while (!p && is_worth_asking_again(gfp, size, round++));
	return p ? p : request_refuse(size, gfp);
}

/* Large objects take ground, which is a matter of system calls. */
static void *request_large(uint32_t bin, const struct request *request)
{
	bool is_zero = false;
	unsigned int round = 0;
	void *p = NULL;

	if (!gfpflags_allow_blocking(request->gfp))
		return request_refuse(request->size, request->gfp);
	do
		p = heap_alloc_large(bin, request->size, request->align,
				     &is_zero);
	while (!p &&
	       is_worth_asking_again(request->gfp, request->size, round++));
	if (!p)
		return request_refuse(request->size, request->gfp);
	if (layout_is_named(bin) && layout_named(bin)->node >= 0)
		node_prefer(p, heap_usable_size(p, ACT_SIZE_QUERY),
			    layout_named(bin)->node);
	if (request->gfp & __GFP_ZERO && !is_zero)
		memset(p, 0, request->size);
	return p;
}

/* In what the caches for this request differ from the row's own. */
static uint32_t variant_of(const struct request *request)
{
	uint32_t variant = request->set << VARIANT_SET_SHIFT;

	if (request->gfp & __GFP_ACCOUNT)
		variant |= VARIANT_ACCOUNT;
	if (request->gfp & __GFP_RECLAIMABLE)
		variant |= VARIANT_RECLAIMABLE;
	/* To count the nodes is a system call, too. */
	if (gfpflags_allow_blocking(request->gfp) && request->node >= 0 &&
	    node_count() > 1 && request->node < node_count())
		variant |= (request->node + 1u) << VARIANT_NODE_SHIFT;
	return variant;
}

unsigned int request_class(size_t size, size_t align, size_t canary)
{
	if (canary)
		align = size_max(align, size & -size);
	if (size > SMALL_MAX - canary || align > CHUNK_SIZE)
		return NR_CLASSES;
	return class_of_aligned(size + canary, align);
}

void *request_in_row(uint32_t row, const struct request *request)
{
	uint32_t variant = variant_of(request);
	/* Twins have no canary: see layout_is_hardened(). */
	size_t canary = variant ? 0 : layout.scrub.canary;
	unsigned int class =
		request_class(request->size, request->align, canary);
	bool is_large = class == NR_CLASSES;
	uint32_t bin = row + ((is_large ? CLASS_LARGE : class) << BIN_SHIFT);
	void *p;

	if (variant) {
		bin = twin_find(bin, variant,
				gfpflags_allow_blocking(request->gfp));
		if (bin == TWIN_NONE)
			return request_refuse(request->size, request->gfp);
	}
	if (is_large)
		return request_large(bin, request);
	p = request_in_bin(bin, request->size, request->gfp);
	if (p && request->gfp & __GFP_ZERO)
		memset(p, 0, heap_usable_size(p, ACT_SIZE_QUERY));
	return p;
}

void *request_alloc(struct typeslab_from from, const struct request *request,
		    size_t most)
{
	uint32_t row;

	if (!request->size)
		return ZERO_SIZE_PTR;
	if (request->size > most)
		return request_refuse(request->size, request->gfp);
	if (!request_find_row(from, request->gfp, &row)) {
		if (request->gfp & __GFP_NOFAIL)
			report_must_not_fail(request->size);
		return request_refuse(request->size, request->gfp);
	}
	return request_in_row(row, request);
}
