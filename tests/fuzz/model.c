/* SPDX-License-Identifier: Apache-2.0 */
/* model: see model.h. */
#include "tests/fuzz/model.h"

#include "base/align.h"
#include "heap/heap.h"
#include "heap/place.h"
#include "tests/fuzz/twin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a larger block, words at each end and one in so many are looked at. */
#define WHOLE_MAX ((size_t)32 << 10)
#define EDGE	  ((size_t)512)
#define STRIDE	  ((size_t)16 << 10)

static struct model_block blocks[MODEL_BLOCKS_MAX];
static unsigned int nr_blocks;
static size_t nr_bytes;
static uint64_t next_key;
static enum model_loss loss;

/* By chunk: the bin it was first seen in, and one. */
static uint32_t history[MODEL_REGION_MAX / CHUNK_SIZE];

/* The row each token and each site was first given, and one. */
struct memory {
	uint64_t key;
	unsigned int row;
};

static struct memory memories[2 * TWIN_NR_TOKENS + TWIN_NR_SITES];

void model_fail(const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dprintf(2, "model: %s\n", line);
	abort();
}

unsigned int model_nr_blocks(void)
{
	return nr_blocks;
}

size_t model_nr_bytes(void)
{
	return nr_bytes;
}

const struct model_block *model_block(unsigned int index)
{
	return &blocks[index];
}

void model_lose(enum model_loss more)
{
	if (more > loss)
		loss = more;
}

enum model_loss model_loss(void)
{
	return loss;
}

void model_settle(void)
{
	if (loss == LOSS_NOW)
		loss = LOSS_NONE;
}

const struct model_block *model_find(const void *p, bool inside)
{
	const unsigned char *at = p;

	for (unsigned int i = 0; i < nr_blocks; i++) {
		if (at == blocks[i].p)
			return &blocks[i];
		if (inside && at > blocks[i].p &&
		    at < blocks[i].p + blocks[i].usable)
			return &blocks[i];
	}
	return NULL;
}

/* Which word comes after the one at @i in filling and checking. */
static size_t next_word(size_t i, size_t usable)
{
	if (usable <= WHOLE_MAX || i + 8 < EDGE || i + 8 + EDGE > usable)
		return i + 8;
	i = (i / STRIDE + 1) * STRIDE;
	return i + EDGE < usable ? i : (usable - EDGE) & ~7ul;
}

static uint64_t word_of(const struct model_block *block, size_t i)
{
	return (block->key + i) * 0x9e3779b97f4a7c15;
}

static void fill(struct model_block *block)
{
	block->key = next_key += 1ul << 32;
	for (size_t i = 0; i < block->usable; i = next_word(i, block->usable))
		*(uint64_t *)(void *)(block->p + i) = word_of(block, i);
}

/* The first @size bytes at @p must be what was filled into the block. */
static void check_contents(const struct model_block *block,
			   const unsigned char *p, size_t size)
{
	size_t usable = block->usable;

	for (size_t i = 0; i + 8 <= size; i = next_word(i, usable)) {
		if (*(const uint64_t *)(const void *)(p + i) !=
		    word_of(block, i))
			model_fail("block %p, %zu bytes: lost at %zu",
				   (const void *)p, block->size, i);
	}
}

static void check_zeros(const unsigned char *p, size_t size)
{
	for (size_t i = 0; i + 8 <= size; i = next_word(i, size))
		if (*(const uint64_t *)(const void *)(p + i))
			model_fail("calloc %zu at %p: not zero at %zu", size,
				   (const void *)p, i);
	for (size_t i = size & ~7ul; i < size; i++)
		if (p[i])
			model_fail("calloc %zu at %p: %#x at %zu", size,
				   (const void *)p, p[i], i);
}

void model_check_block(const struct model_block *block)
{
	check_contents(block, block->p, block->usable);
	if (heap_usable_size(block->p, ACT_SIZE_QUERY) != block->usable)
		model_fail("block %p: usable size changed", (void *)block->p);
}

void model_check_blocks(void)
{
	for (unsigned int i = 0; i < nr_blocks; i++)
		model_check_block(&blocks[i]);
}

static void check_apart(const struct model_block *block)
{
	for (unsigned int i = 0; i < nr_blocks; i++) {
		const struct model_block *other = &blocks[i];

		if (other != block && block->p < other->p + other->usable &&
		    other->p < block->p + block->usable)
			model_fail("%p, %zu bytes, lies in %p, %zu bytes",
				   (void *)block->p, block->usable,
				   (void *)other->p, other->usable);
	}
}

/* Every chunk of a block belongs to one cache for ever; large: to one row. */
static void check_history(const struct model_block *block)
{
	size_t first = region_chunk_of(block->p);
	size_t last = region_chunk_of(block->p + block->usable - 1);

	if (last >= MODEL_REGION_MAX / CHUNK_SIZE)
		model_fail("%p lies outside", (void *)block->p);
	for (size_t chunk = first; chunk <= last; chunk++) {
		if (history[chunk] && history[chunk] != block->bin + 1)
			model_fail("%p: chunk of bin %#x is now bin %#x's",
				   (void *)block->p, history[chunk] - 1,
				   block->bin);
		history[chunk] = block->bin + 1;
	}
}

/* One key, one row, for the life of the process. */
static unsigned int row_for(uint64_t token, uintptr_t site)
{
	uint64_t key = layout_is_typed(token) ? token : site;
	unsigned int row = layout_row(token, site);
	struct memory *memory = memories;

	while (memory->row && memory->key != key)
		memory++;
	if (memory->row && memory->row != row + 1)
		model_fail("key %#lx: row %u, then %u", key, memory->row - 1,
			   row);
	memory->key = key;
	memory->row = row + 1;
	return row;
}

static void check_row(const struct model_block *block, unsigned int wanted,
		      uint64_t token)
{
	static const enum domain domains[] = { DOMAIN_UNKNOWN, DOMAIN_DATA,
					       DOMAIN_POINTER };
	unsigned int row = row_of_bin(block->bin);
	enum domain domain = DOMAIN_UNKNOWN;

	if (row != wanted)
		model_fail("block %p in row %u, not %u", (void *)block->p, row,
			   wanted);
	if (layout.options.mode <= MODE_DEDICATED)
		domain = domains[twin_domain(token)];
	if (layout_name(row).domain != domain)
		model_fail("block %p of token %#lx in domain %d",
			   (void *)block->p, token, layout_name(row).domain);
}

static struct model_block meet(const struct model_ask *ask, void *p)
{
	struct place place = place_find(p);
	struct model_block block = {
		.p = p,
		.size = ask->size,
		.align = ask->align,
		.usable = heap_usable_size(p, ACT_SIZE_QUERY),
	};

	if (place.kind != PLACE_LIVE || place.slot_base != p)
		model_fail("%p is no live slot", p);
	if ((uintptr_t)p % 16 || (uintptr_t)p % ask->align)
		model_fail("%p is not aligned to %zu", p, ask->align);
	if (block.usable !=
	    twin_usable(ask->size, ask->align, layout.options.canary ? 8 : 0))
		model_fail("%zu bytes at %zu: usable %zu", ask->size,
			   ask->align, block.usable);
	block.bin = bin_of_slab(place.slab);
	block.slot = place.slab->size;
	check_history(&block);
	return block;
}

void model_add(const struct model_ask *ask, void *p)
{
	struct model_block block = meet(ask, p);

	if (nr_blocks == MODEL_BLOCKS_MAX)
		model_fail("too many blocks");
	check_row(&block, row_for(ask->token, ask->site), ask->token);
	check_apart(&block);
	if (ask->zeroed)
		check_zeros(block.p, ask->size);
	fill(&block);
	nr_bytes += block.slot;
	blocks[nr_blocks++] = block;
}

void model_forget(unsigned int index)
{
	nr_bytes -= blocks[index].slot;
	blocks[index] = blocks[--nr_blocks];
}

void model_resize(unsigned int index, const struct model_ask *ask, void *p)
{
	struct model_block *old = &blocks[index];
	struct model_block block = meet(ask, p);

	check_contents(old, p, size_min(old->usable, ask->size));
	if (layout_is_typed(ask->token))
		check_row(&block, row_for(ask->token, ask->site), ask->token);
	else if (row_of_bin(block.bin) != row_of_bin(old->bin))
		model_fail("realloc without a token left its row");
	nr_bytes += block.slot - old->slot;
	*old = block;
	check_apart(old);
	fill(old);
}

size_t model_count(uint32_t bin, size_t *bytes)
{
	size_t nr = 0;

	*bytes = 0;
	for (unsigned int i = 0; i < nr_blocks; i++) {
		if (blocks[i].bin != bin)
			continue;
		nr++;
		*bytes += blocks[i].slot;
	}
	return nr;
}
