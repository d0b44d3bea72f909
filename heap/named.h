/* SPDX-License-Identifier: Apache-2.0 */
/*
 * named: caches made at run time, each a partition of its own.
 *
 * Owns:       the table of them, which only grows.
 * Promises:   a named cache has a bin behind those of the rows, so that free()
 *             and the magazines treat it like any other; extents of its own;
 *             and a slot size of its own, no size class.
 * Relies on:  the arena for the structs.
 * Invariant:  layout.nr_named <= NR_NAMED_MAX; entries below it are complete.
 */
#ifndef HEAP_NAMED_H
#define HEAP_NAMED_H

#include "heap/thread.h"

/* What a named cache is made of; copied. */
struct named_spec {
	const char *name; /* cut to what fits; see named_copy_name() */
	size_t size;	  /* of a slot; at least CLASS_GRAIN */
	int node;	  /* whose memory is preferred; -1: any */
	bool keeps_memory;
	void (*ctor)(void *object);
	void *owner;
	uint32_t twin_of; /* the bin it is a twin of; NAMED_NO_TWIN */
	uint32_t variant; /* in what it differs from that */
};

#define NAMED_NO_TWIN UINT32_MAX

/* In what a twin differs: bits, or numbers from 1 on where there is a shift. */
#define VARIANT_ACCOUNT	    1u
#define VARIANT_RECLAIMABLE 2u
#define VARIANT_NODE_SHIFT  2 /* six bits: the node, plus 1 */
#define VARIANT_NODE_MASK   63u
#define VARIANT_SET_SHIFT   8 /* ten bits: the set of kmem_buckets */
#define VARIANT_SET_MAX	    1023u

/*
 * As it is shown: @to has NAMED_NAME_SIZE bytes. What is not printable is '_',
 * as are an empty name and a first '#', which snapshots have for remarks.
 */
static inline void named_copy_name(char *to, const char *from)
{
	size_t i;

	for (i = 0; i < NAMED_NAME_SIZE - 1 && from[i]; i++) {
		bool prints = from[i] > ' ' && from[i] <= '~';

		to[i] = prints ? from[i] : '_';
	}
	/* Readers want a name, and take a line that begins so for a remark. */
	if (!i || to[0] == '#')
		to[0] = '_';
	to[i ? i : 1] = 0;
}

/* NULL: no memory, or NR_NAMED_MAX are there; or in a signal handler. */
struct named *named_create(struct heap *heap, const struct named_spec *spec);

/* Runs the constructor, if there is one, on slots that never were LIVE. */
void named_construct(uint32_t bin, const struct slot *slots, unsigned int nr);

/* Which one it is, counted from 0. */
static inline unsigned int named_number(const struct named *named)
{
	return (named->bin >> BIN_SHIFT) - (layout.nr_rows << NR_CLASSES_SHIFT);
}

/* Whether it holds some of a row's objects, and none of a cache or set. */
static inline bool named_is_in_row(const struct named *named)
{
	return named->twin_of != NAMED_NO_TWIN &&
	       !layout_is_named(named->twin_of) &&
	       !(named->variant >> VARIANT_SET_SHIFT);
}

/* Slots in the program's hands; exact while nobody uses the cache. */
size_t named_nr_live(const struct named *named);

#endif /* HEAP_NAMED_H */
