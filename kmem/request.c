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

/*
 * How often who may not wait looks whether a lock is free: its holder, if it
 * runs, keeps it for some hundred instructions.
 */
#define ATOMIC_TRIES 100

void *request_refuse(size_t size, gfp_t gfp)
{
	/* To say so is a system call. */
	if (gfpflags_allow_blocking(gfp) && !(gfp & __GFP_NOWARN))
		report_no_memory(size);
	errno = ENOMEM;
	return NULL;
}

/* From the first call that may wait on, the others find something. */
static void prepare(void)
{
	struct heap *heap = thread_enter();

	if (!heap)
		return;
	nowait_prepare(heap);
	thread_leave(heap);
}

/* The bin of the first column of the site's row; boots; false: no memory. */
static bool find_row(struct typeslab_from from, gfp_t gfp, uint32_t *row)
{
	uintptr_t site = from.site ? (uintptr_t)from.site : from.token;
	uint32_t known = 0;

	if (from.site)
		known = __atomic_load_n(&from.site->row, __ATOMIC_ACQUIRE);
	if (likely(known)) {
		*row = known & ~(ROW_FOUND | ROW_FOUND_BY_CLASS);
		return true;
	}
	if (gfpflags_allow_blocking(gfp))
		prepare();
	if (!heap_is_booted())
		return false;
	*row = bin_offset(layout_row(from.token, site), 0);
	known = *row | (bin_order_holds(layout.order, row_of_bin(*row))
				? ROW_FOUND_BY_CLASS
				: ROW_FOUND);
	if (from.site)
		__atomic_store_n(&from.site->row, known, __ATOMIC_RELEASE);
	return true;
}

/* What no free by another thread can mend. */
static cold_path void *refuse_at_once(const struct request *request)
{
	if (request->gfp & __GFP_NOFAIL &&
	    gfpflags_allow_blocking(request->gfp))
		report_must_not_fail(request->size);
	return request_refuse(request->size, request->gfp);
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

static void *take_without_waiting(uint32_t bin, size_t size, gfp_t gfp)
{
	bool is_any_instant = gfp & GFP_ANY_INSTANT;
	void *p;

	/* A handler may have stopped its thread in half a pop. */
	if (!is_any_instant && !magazine_is_empty(thread_bin(bin)))
		return heap_take_from(thread_bin(bin));
	p = nowait_alloc(bin, is_any_instant ? 1 : ATOMIC_TRIES);
	return p ? p : request_refuse(size, gfp);
}

void *request_in_bin(uint32_t bin, size_t size, gfp_t gfp)
{
	unsigned int round = 0;
	void *p;

	if (!gfpflags_allow_blocking(gfp))
		return take_without_waiting(bin, size, gfp);
	if (unlikely(twin_is_wanted()))
		twin_make_wanted();
	do
		p = heap_alloc_in_bin(bin);
	while (!p && is_worth_asking_again(gfp, size, round++));
	return p ? p : request_refuse(size, gfp);
}

/*
 * Of an object that lies alone. What kmalloc() would refuse, and what it may
 * refuse, need not be aligned to more than a chunk.
 */
static size_t large_align(const struct request *request)
{
	size_t natural = request->most <= KMALLOC_MAX_SIZE
				 ? request->size & -request->size
				 : 1;

	return size_max(request->align, natural);
}

/* Large objects take ground, which is a matter of system calls. */
static void *alloc_large(uint32_t bin, const struct request *request)
{
	bool is_zero = false;
	unsigned int round = 0;
	void *p = NULL;

	if (!gfpflags_allow_blocking(request->gfp))
		return request_refuse(request->size, request->gfp);
	do
		p = heap_alloc_large(bin, request->size, large_align(request),
				     &is_zero);
	while (!p &&
	       is_worth_asking_again(request->gfp, request->size, round++));
	if (!p)
		return request_refuse(request->size, request->gfp);
	if (layout_is_named(bin) && layout_named(bin)->node >= 0)
		node_prefer(p, heap_usable_size(p, ACT_SIZE_QUERY),
			    layout_named(bin)->node);
	if (request->gfp & __GFP_ZERO && !is_zero)
		memset(p, 0, heap_usable_size(p, ACT_SIZE_QUERY));
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
	if (size > SMALL_MAX - canary)
		return NR_CLASSES;
	if (canary)
		align = size_max(align, size & -size);
	return class_of_aligned(size + canary, size_max(align, 1));
}

static void *alloc_in_row(uint32_t row, const struct request *request)
{
	uint32_t variant = variant_of(request);
	/*
	 * Twins have no canary, see layout_is_hardened(), but room for one: no
	 * less than kmalloc_size_roundup() says, which is not told of flags.
	 */
	unsigned int class = request_class(request->size, request->align,
					   layout.scrub.canary);
	bool is_large = class == NR_CLASSES;
	uint32_t bin =
		bin_offset(row_of_bin(row), is_large ? CLASS_LARGE : class);
	void *p;

	if (variant) {
		bin = twin_find(bin, variant,
				gfpflags_allow_blocking(request->gfp));
		if (bin == TWIN_NONE)
			return refuse_at_once(request);
	}
	if (is_large)
		return alloc_large(bin, request);
	p = request_in_bin(bin, request->size, request->gfp);
	if (p && request->gfp & __GFP_ZERO)
		memset(p, 0, heap_usable_size(p, ACT_SIZE_QUERY));
	return p;
}

void *request_alloc(struct typeslab_from from, const struct request *request)
{
	uint32_t row = 0;

	if (!request->size)
		return ZERO_SIZE_PTR;
	if (request->size > request->most)
		return request_refuse(request->size, request->gfp);
	/* A set's twins stand beside row 0, whoever asks. */
	if (!request->set && !find_row(from, request->gfp, &row))
		return refuse_at_once(request);
	return alloc_in_row(row, request);
}
