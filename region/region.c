/* SPDX-License-Identifier: Apache-2.0 */
/* region: see region.h. */
#include "region/region.h"

#include "base/align.h"
#include "os/os.h"
#include "report/report.h"

/*
 * The first window is small, so that the page tables of a small program's
 * extents fill a handful of pages; then it doubles up to steps of 1 GiB.
 */
#define WINDOW_FIRST_BLOCKS 256ul
#define WINDOW_STEP_BLOCKS  4096ul
#define CHUNKS_PER_BLOCK    (BLOCK_SIZE / CHUNK_SIZE)
#define GUARD		    BLOCK_SIZE

/* One part in so many of a small region is kept for those who have none. */
#define HEADROOM_PART	    16
#define HEADROOM_BLOCKS_MAX 256ul

struct region region;

size_t region_grain(void)
{
	return size_max(CHUNK_SIZE, os_page_size());
}

static bool is_taken(size_t block)
{
	return region.taken[block / 64] >> block % 64 & 1;
}

/* The first block of @nr free ones in [from, to), or @to. */
static size_t find_run(size_t from, size_t to, size_t nr)
{
	size_t run = 0;

	for (size_t block = from; block < to; block++) {
		run = is_taken(block) ? 0 : run + 1;
		if (run == nr)
			return block + 1 - nr;
	}
	return to;
}

/* Of the table, for the blocks below @block: whole pages of it. */
static size_t table_size(size_t block)
{
	return round_up(block * CHUNKS_PER_BLOCK << CHUNK_RECORD_SHIFT,
			os_page_size());
}

/* The same of the map of blocks. */
static size_t map_size(size_t block)
{
	return block ? round_up(block / 8 + 8, os_page_size()) : 0;
}

/* Pages that hold nothing yet: they may be mapped anew. */
static bool commit_table(size_t from_block, size_t to_block)
{
	char *table = region.table + table_size(from_block);
	size_t size = table_size(to_block) - table_size(from_block);
	char *map = (char *)region.taken + map_size(from_block);
	size_t more = map_size(to_block) - map_size(from_block);

	/* The map first: what is left of a table in vain would be counted. */
	if ((more && !os_commit_reserved(map, more)) ||
	    (size && !os_commit_reserved(table, size)))
		return false;
	os_mark_used(table, size);
	os_mark_used(map, more);
	return true;
}

/* How many blocks at the end of the window are free. */
static size_t free_tail(void)
{
	size_t block = region.window_blocks;

	while (block && !is_taken(block - 1))
		block--;
	return region.window_blocks - block;
}

/* By how much a window of @blocks grows, where no more is needed. */
static size_t window_step(size_t blocks)
{
	return blocks ? size_min(blocks, WINDOW_STEP_BLOCKS)
		      : WINDOW_FIRST_BLOCKS;
}

/* Down to where steps alone would have brought it. */
static void shrink_window(void)
{
	size_t old = region.window_blocks, used = old - free_tail();
	size_t to = 0, size;
	char *rest;

	do
		to += window_step(to);
	while (to < used);
	if (to >= old)
		return;
	rest = region.table + table_size(to);
	size = table_size(old) - table_size(to);
	/* In this order: a fork between the two must find what it may use. */
	region.window_blocks = to;
	if (size && !os_uncommit(rest, size)) {
		region.window_blocks = old;
		return;
	}
	os_mark_reserve(rest, size);
	os_mark_reserve(region.base + to * BLOCK_SIZE, (old - to) * BLOCK_SIZE);
}

/* Opens room for a run of @blocks at the end of the window, below @limit. */
static bool grow_window(size_t blocks, size_t limit)
{
	size_t from = region.window_blocks;
	size_t tail = free_tail();
	size_t step = window_step(from);
	size_t more = blocks > tail ? blocks - tail : 0;
	size_t to = size_min(from + size_max(step, more), limit);
	size_t reach = size_max(to * BLOCK_SIZE, region.reach);

	if (to < from + more || !commit_table(from, to))
		return false;
	os_mark_used(region.base + from * BLOCK_SIZE, (to - from) * BLOCK_SIZE);
	/* In this order: a fork between the two must not lose chunks. */
	__atomic_store_n(&region.reach, reach, __ATOMIC_RELEASE);
	region.window_blocks = to;
	return true;
}

/* As they were reserved: what begins inside is aligned. */
static char *objects, *records;

static size_t objects_size(size_t size)
{
	return size + 3 * GUARD;
}

static size_t records_size(size_t size)
{
	size_t chunks = size / CHUNK_SIZE;
	size_t table = round_up(chunks << CHUNK_RECORD_SHIFT, BLOCK_SIZE);
	size_t map = round_up(size / BLOCK_SIZE / 8 + 8, 65536);

	return table + map + 3 * 65536;
}

static void release_all(size_t size)
{
	if (objects)
		os_release(objects, objects_size(size));
	if (records)
		os_release(records, records_size(size));
	objects = NULL;
	records = NULL;
}

static bool reserve_all(size_t size)
{
	size_t chunks = size / CHUNK_SIZE;
	size_t table = round_up(chunks << CHUNK_RECORD_SHIFT, BLOCK_SIZE);

	objects = os_reserve(objects_size(size));
	records = os_reserve(records_size(size));
	/* free() may look into the table at any time, and any place. */
	if (!objects || !records || !os_allow_reading(records + 65536, table)) {
		release_all(size);
		return false;
	}
	os_mark_reserve(objects, objects_size(size));
	os_mark_reserve(records, records_size(size));
	region.base = (char *)round_up((uintptr_t)objects + GUARD, GUARD);
	region.table = records + 65536;
	region.taken = (uint64_t *)(records + 2 * 65536 + table);
	region.size = size;
	region.nr_blocks = size / BLOCK_SIZE;
	return true;
}

bool region_init(size_t reserve)
{
	for (size_t size = round_down(reserve, BLOCK_SIZE); size >= RESERVE_MIN;
	     size = round_down(size / 2, BLOCK_SIZE)) {
		if (reserve_all(size))
			return grow_window(1, region.nr_blocks);
	}
	return false;
}

void region_fini(void)
{
	release_all(region.nr_blocks * BLOCK_SIZE);
	region = (struct region){ 0 };
}

/*
 * The end of the region is for those who have none. In one piece: scattered
 * over all that was free, it had no room for a large object.
 */
static size_t end_for_all(void)
{
	return region.nr_blocks -
	       size_min(region.nr_blocks / HEADROOM_PART, HEADROOM_BLOCKS_MAX);
}

/* The first that is free from @start on, or from the region's begin. */
static char *take_extent_locked(size_t blocks, uint64_t from, size_t limit)
{
	size_t window = size_min(region.window_blocks, limit);
	size_t start = from % window;
	size_t found = find_run(start, window, blocks);

	if (found == window) {
		size_t end = size_min(window, start + blocks - 1);

		found = find_run(0, end, blocks);
		if (found == end) {
			if (!grow_window(blocks, limit))
				return NULL;
			found = find_run(window > blocks ? window - blocks : 0,
					 region.window_blocks, blocks);
		}
	}
	for (size_t block = found; block < found + blocks; block++)
		region.taken[block / 64] |= 1ul << block % 64;
	region.nr_taken += blocks;
	return region.base + found * BLOCK_SIZE;
}

void region_give_extent(char *extent, size_t blocks, uint32_t tag)
{
	size_t first = (size_t)(extent - region.base) / BLOCK_SIZE;

	if (lock_acquire(&region.lock, tag) == LOCK_REENTERED)
		return;
	for (size_t block = first; block < first + blocks; block++)
		region.taken[block / 64] &= ~(1ul << block % 64);
	region.nr_taken -= blocks;
	shrink_window();
	lock_release(&region.lock);
}

char *region_take_extent(size_t blocks, const struct region_asker *asker)
{
	size_t end = end_for_all();
	char *extent;

	if (lock_acquire(&region.lock, asker->tag) == LOCK_REENTERED)
		return NULL;
	extent = take_extent_locked(blocks, asker->random, end);
	/* Not at random there: what is left stays in one piece. */
	if (!extent && asker->is_first)
		extent = take_extent_locked(blocks, end, region.nr_blocks);
	lock_release(&region.lock);
	return extent;
}

void region_check(uint32_t tag)
{
	size_t nr_taken = 0;

	if (lock_acquire(&region.lock, tag) == LOCK_REENTERED)
		return;
	for (size_t block = 0; block < region.window_blocks; block++)
		nr_taken += is_taken(block);
	if (nr_taken != region.nr_taken ||
	    region.window_blocks > region.nr_blocks ||
	    region.reach < region.window_blocks * BLOCK_SIZE)
		report_broken("map of the region");
	lock_release(&region.lock);
}
