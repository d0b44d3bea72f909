/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region: the address space of all objects, cut into chunks and extents.
 *
 * Owns:       one reservation for objects; the chunk table, one record of 64
 *             bytes a chunk; the map of blocks taken.
 * Promises:   an extent handed out is never taken back: its addresses belong
 *             to the asker for the life of the process, unless it gives back
 *             what nobody else saw. The first chunk of each extent stays
 *             unmapped ground. Records of handed-out extents are readable and
 *             writable and begin as zero; records of what region_holds() are
 *             readable, and zero where nothing is open yet.
 * Relies on:  os_commit() being repeatable: an extent half taken by a thread
 *             that vanished in a fork is lost, and nothing else is.
 * Invariant:  a block is taken or free; window_blocks <= nr_blocks; the table
 *             is committed for exactly the chunks below the window, which was
 *             never wider than reach.
 *
 *	guard | window: extents at random places ... | not open yet | guard
 */
#ifndef REGION_REGION_H
#define REGION_REGION_H

#include "base/compiler.h"
#include "base/config.h"

#include "os/lock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Size of one record of the chunk table; what it holds is the slab room's. */
#define CHUNK_RECORD_SHIFT 6

struct region {
	/* Fixed by region_init(). In one line: free() reads all three. */
	char *base;
	size_t size; /* bytes from base on that have records */
	char *table;

	/* Under the lock; reach only grows, and is read without. */
	struct lock lock;
	size_t reach; /* bytes from base on that were ever open */
	size_t nr_blocks;
	size_t window_blocks;
	size_t nr_taken;
	uint64_t *taken;
};

extern internal struct region region;

/*
 * Spans and unmapped ground are multiples of this: whole chunks, and whole
 * pages, which may be larger. Extents begin at such addresses.
 */
size_t region_grain(void);

/* @reserve: bytes wanted; false when not even RESERVE_MIN can be had. */
bool region_init(size_t reserve);

/* Nothing was handed out yet: all of it goes back, and may begin anew. */
void region_fini(void);

/* Who asks for ground, and how it may be had. */
struct region_asker {
	uint64_t random; /* places a new extent */
	uint32_t tag;	 /* the thread's, for the lock */
	bool is_first;	 /* has none of its kind: the last blocks are for it */
	bool is_one_of_many; /* begins with a small extent: see ground.c */
};

/*
 * @blocks of BLOCK_SIZE; NULL: no room or no memory for the table, or called
 * again from a signal handler. The memory is not committed.
 */
char *region_take_extent(size_t blocks, const struct region_asker *asker);

/*
 * The asker never had memory for the extent it just took: nothing of it was
 * committed, told or written to a record. A table that grew for it shrinks.
 */
void region_give_extent(char *extent, size_t blocks, uint32_t tag);

/* Dies unless the invariant holds; @tag is the thread's. */
void region_check(uint32_t tag);

static inline size_t region_reach(void)
{
	return __atomic_load_n(&region.reach, __ATOMIC_RELAXED);
}

/* Chunks below this may have been handed out. */
static inline size_t region_nr_chunks(void)
{
	return region_reach() >> CHUNK_SHIFT;
}

/* Of what is not in the region, far more than its size. */
static inline size_t region_offset_of(const void *p)
{
	return (uintptr_t)p - (uintptr_t)region.base;
}

/* Whether the chunk that @p lies in has a record. */
static inline bool region_holds(const void *p)
{
	return region_offset_of(p) < region.size;
}

/* Not below region_nr_chunks() where it was never open. */
static inline size_t region_chunk_of(const void *p)
{
	return region_offset_of(p) >> CHUNK_SHIFT;
}

/* How many chunks @span is, a multiple of a chunk. */
static inline uint32_t region_chunks_in(size_t span)
{
	return (uint32_t)(span >> CHUNK_SHIFT);
}

static inline void *region_record(size_t chunk)
{
	return region.table + (chunk << CHUNK_RECORD_SHIFT);
}

static inline void *region_record_of(const void *p)
{
	size_t record =
		region_offset_of(p) >> (CHUNK_SHIFT - CHUNK_RECORD_SHIFT);

	return region.table + (record & -(1ul << CHUNK_RECORD_SHIFT));
}

static inline char *region_chunk_base(const void *record)
{
	size_t offset = (const char *)record - region.table;

	return region.base + (offset << (CHUNK_SHIFT - CHUNK_RECORD_SHIFT));
}

#endif /* REGION_REGION_H */
