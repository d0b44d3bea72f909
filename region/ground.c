/* SPDX-License-Identifier: Apache-2.0 */
/* ground: see ground.h. */
#include "region/ground.h"

#include "base/align.h"
#include "os/os.h"
#include "region/region.h"

/*
 * Extents grow to 1 GiB: a partition of 64 GiB then has about 70, each of
 * them two mappings.
 */
#define EXTENT_BLOCKS_MAX 1024ul

/* Commit at least this much, and an eighth of what the extent holds. */
#define COMMIT_MIN (128ul << 10)

/* In a small region no extent may take more than one part in 64 unasked. */
static size_t next_extent_blocks(const struct ground *ground, size_t size)
{
	size_t wanted = ground->blocks ? ground->blocks * 2 : 1;
	size_t most = size_min(EXTENT_BLOCKS_MAX, region.nr_blocks / 64 + 1);
	size_t needed = (size + CHUNK_SIZE + BLOCK_SIZE - 1) / BLOCK_SIZE;

	return size_max(size_min(wanted, most), needed);
}

static bool begin_extent(struct ground *ground, size_t size, uint64_t random,
			 uint32_t tag)
{
	size_t blocks = next_extent_blocks(ground, size);
	size_t needed = (size + CHUNK_SIZE + BLOCK_SIZE - 1) / BLOCK_SIZE;
	char *extent = region_take_extent(blocks, random, tag);

	if (!extent && blocks > needed) {
		blocks = needed;
		extent = region_take_extent(blocks, random, tag);
	}
	if (!extent)
		return false;
	ground->start = extent + CHUNK_SIZE;
	ground->next = ground->start;
	ground->committed = ground->start;
	ground->end = extent + blocks * BLOCK_SIZE;
	ground->blocks = blocks;
	return true;
}

static bool commit(struct ground *ground, char *to)
{
	size_t step = size_max((ground->next - ground->start) / 8, COMMIT_MIN);
	char *from = ground->committed;
	char *far;

	if (to <= from)
		return true;
	step = round_up(step, CHUNK_SIZE);
	far = (size_t)(ground->end - from) > step ? from + step : ground->end;
	if (far > to && os_commit(from, far - from)) {
		ground->committed = far;
		return true;
	}
	if (!os_commit(from, to - from))
		return false;
	ground->committed = to;
	return true;
}

char *ground_take(struct ground *ground, size_t size, uint64_t random,
		  uint32_t tag)
{
	char *chunk;

	if (ground_left(ground) < size &&
	    !begin_extent(ground, size, random, tag))
		return NULL;
	chunk = ground->next;
	if (!commit(ground, chunk + size))
		return NULL;
	ground->next = chunk + size;
	return chunk;
}
