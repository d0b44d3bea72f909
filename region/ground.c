/* SPDX-License-Identifier: Apache-2.0 */
/* ground: see ground.h. */
#include "region/ground.h"

#include "base/align.h"
#include "os/os.h"
#include "report/report.h"

/*
 * Extents grow to 1 GiB: a partition of 64 GiB then has about 70, each of
 * them two mappings.
 */
#define EXTENT_BLOCKS_MAX   4096ul
#define EXTENT_BLOCKS_FIRST 4ul

/* A thousand partitions with little in each share page tables, and records. */
#define EXTENT_BLOCKS_MANY 1ul

/* Commit at least this much, and an eighth of what the extent holds. */
#define COMMIT_MIN (128ul << 10)

static size_t blocks_for(size_t size)
{
	return (size + region_grain() + BLOCK_SIZE - 1) / BLOCK_SIZE;
}

/*
 * Twice the last; in a small region no more than one part in sixteen, unless
 * one object alone needs it. Asking for room for several at once left python3
 * under ulimit -v with half of what it could have.
 */
static size_t next_extent_blocks(const struct ground *ground, size_t size,
				 bool is_one_of_many)
{
	size_t least =
		is_one_of_many ? EXTENT_BLOCKS_MANY : EXTENT_BLOCKS_FIRST;
	size_t first = size_min(least, region.nr_blocks / 256 + 1);
	size_t most = size_min(EXTENT_BLOCKS_MAX, region.nr_blocks / 16 + 1);
	size_t wanted = size_max(ground->blocks * 2, first);

	return size_max(size_min(wanted, most), blocks_for(size));
}

/* Of what is kept for those who have none nobody takes more than is needed. */
static bool begin_extent(struct ground *ground, size_t size,
			 const struct region_asker *asker)
{
	struct region_asker greedy = *asker;
	size_t blocks = next_extent_blocks(ground, size, asker->is_one_of_many);
	size_t needed = blocks_for(size);
	char *extent = NULL;

	greedy.is_first = false;
	while (blocks > needed) {
		extent = region_take_extent(blocks, &greedy);
		if (extent)
			break;
		blocks = size_max(blocks / 2, needed);
	}
	if (!extent)
		extent = region_take_extent(blocks, asker);
	if (!extent)
		return false;
	ground->start = extent + region_grain();
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
	step = round_up(step, region_grain());
	far = (size_t)(ground->end - from) > step ? from + step : ground->end;
	if (far > to && os_commit_reserved(from, far - from)) {
		ground->committed = far;
		return true;
	}
	if (!os_commit_reserved(from, to - from))
		return false;
	ground->committed = to;
	return true;
}

/*
 * No memory for what the new extent was begun for: who asks in vain, again and
 * again, must not use the region up. The old one goes on.
 */
static void give_up_extent(struct ground *ground, const struct ground *before,
			   size_t size, const struct region_asker *asker)
{
	os_forbid(ground->start, size);
	region_give_extent(ground->start - region_grain(), ground->blocks,
			   asker->tag);
	*ground = *before;
}

char *ground_take(struct ground *ground, size_t size,
		  const struct region_asker *asker)
{
	const struct ground before = *ground;
	char *chunk;

	if (ground_left(ground) < size && !begin_extent(ground, size, asker))
		return NULL;
	chunk = ground->next;
	if (!commit(ground, chunk + size)) {
		if (ground->start != before.start)
			give_up_extent(ground, &before, size, asker);
		return NULL;
	}
	ground->next = chunk + size;
	return chunk;
}

void ground_check(const struct ground *ground)
{
	size_t size = ground->blocks * BLOCK_SIZE;
	const char *extent;

	if (!ground->start && !ground->end)
		return;
	extent = ground->start - region_grain();
	if (ground->start > ground->next || ground->next > ground->committed ||
	    ground->committed > ground->end || ground->end != extent + size ||
	    (extent - region.base) % BLOCK_SIZE)
		report_broken("ground of a partition");
}
