/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: what an arbitrary address is to the heap.
 *
 * Owns:       nothing.
 * Promises:   an answer for every address, right or wrong; never reads user
 *             memory. Slow: for reports, queries and odd cases only.
 * Relies on:  chunk records being readable where region_holds().
 */
#ifndef HEAP_PLACE_H
#define HEAP_PLACE_H

#include "heap/layout.h"
#include "report/report.h"

enum place_kind {
	PLACE_FOREIGN, /* no slot of ours */
	PLACE_LIVE,    /* the start of a live slot */
	PLACE_DEAD,    /* the start of a slot that was freed */
	PLACE_UNUSED,  /* the start of a slot never handed out */
	PLACE_INNER,   /* inside a slot */
};

struct place {
	enum place_kind kind;
	struct slab *slab; /* NULL if foreign */
	const char *slot_base;
	bool is_live; /* the slot, for PLACE_INNER too */
	struct report_place facts;
};

/* Without the tag that some processors ignore in the top byte. */
static inline void *untagged(const void *p)
{
	return (void *)((uintptr_t)p << 8 >> 8);
}

struct place place_find(const void *p);

/*
 * Whether the slab API may have given the live slot for @size bytes where
 * malloc() would have taken another: slots of a cache of its own are as long
 * as the cache says; in a row kmalloc() aligns objects by their size.
 */
cold_path bool place_fits_slab_api(const struct place *place, size_t size);

/*
 * Whether @p may be a live block asked for with @size and @align (0: none).
 * Where it is one of another size that is reported.
 */
cold_path bool place_check_size(const void *p, size_t size, size_t align);

/* Reports what @act on @p did wrong; returns only under compat. */
cold_path void place_report(const struct place *place, enum report_act act);

#endif /* HEAP_PLACE_H */
