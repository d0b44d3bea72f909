/* SPDX-License-Identifier: Apache-2.0 */
/* kept: see kept.h. */
#include "heap/kept.h"

#include "heap/guard.h"
#include "report/report.h"

bool kept_wants(const struct slab *slab)
{
	return guard_of_large(slab) && slab_span(slab) <= KEPT_SPAN_MAX;
}

static size_t nr_dirty_bytes(const struct slab *slab)
{
	return (size_t)slab->nr_dirty << CHUNK_SHIFT;
}

void kept_put(struct partition *partition, struct slab *slab,
	      enum condition condition)
{
	size_t used = slab_span(slab) - guard_of_large(slab);

	slab->kind = SLAB_LARGE_KEPT;
	slab->condition = (uint8_t)condition;
	slab->epoch = partition->epoch;
	slab->nr_dirty = condition == GROUND_DIRTY ? region_chunks_in(used) : 0;
	slab_begin_idle(slab);
	layout_count_idle(partition, nr_dirty_bytes(slab));
	slab->next = partition->kept;
	partition->kept = slab_chunk(slab);
	partition->nr_kept++;
}

/* Takes the one that @link leads to off the list. */
static struct slab *unlink_kept(struct partition *partition, uint32_t *link)
{
	struct slab *slab = slab_of_chunk(*link);

	*link = slab->next;
	partition->nr_kept--;
	layout_count_idle(partition, -nr_dirty_bytes(slab));
	slab->kind = SLAB_NONE;
	return slab;
}

struct slab *kept_take(struct partition *partition, size_t span, size_t align)
{
	uint32_t *link = &partition->kept;

	/* As of slots then, what was freed last is not the next. */
	if (layout.is_hardened && *link)
		link = &slab_of_chunk(*link)->next;
	for (; *link; link = &slab_of_chunk(*link)->next) {
		struct slab *slab = slab_of_chunk(*link);
		uintptr_t start = (uintptr_t)region_chunk_base(slab);

		if (slab_span(slab) == span && !(start & (align - 1)))
			return unlink_kept(partition, link);
	}
	return NULL;
}

struct slab *kept_take_surplus(struct partition *partition)
{
	uint32_t *link = &partition->kept;

	if (partition->nr_kept <= KEPT_MAX)
		return NULL;
	while (slab_of_chunk(*link)->next)
		link = &slab_of_chunk(*link)->next;
	return unlink_kept(partition, link);
}

struct slab *kept_take_idle(struct partition *partition,
			    const struct purge *purge)
{
	uint32_t *link = &partition->kept;

	for (; *link; link = &slab_of_chunk(*link)->next) {
		if (purge_wants(purge, slab_of_chunk(*link)))
			return unlink_kept(partition, link);
	}
	return NULL;
}

void kept_check(const struct partition *partition)
{
	uint32_t chunk = partition->kept;
	unsigned int nr = 0;

	for (; chunk && nr <= partition->nr_kept; nr++) {
		const struct slab *slab = slab_of_chunk(chunk);

		if (slab->kind != SLAB_LARGE_KEPT || !kept_wants(slab) ||
		    slab->epoch != partition->epoch || slab->reciprocal)
			report_broken("kept large ground");
		chunk = slab->next;
	}
	if (nr != partition->nr_kept)
		report_broken("count of kept large ground");
}
