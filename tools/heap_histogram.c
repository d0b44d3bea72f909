/* SPDX-License-Identifier: Apache-2.0 */
/* heap_histogram: a histogram of a heap; contract in heap_histogram.h. */
#include "tools/heap_histogram.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct sums {
	uint64_t objects;
	uint64_t bytes;
};

/* Green, magenta, yellow. */
static const int domain_colours[NR_DOMAINS] = {
	[DOMAIN_DATA] = 32,
	[DOMAIN_POINTER] = 35,
	[DOMAIN_UNKNOWN] = 33,
};

/* Cyan. */
#define COLOUR_OF_CACHES 36

static struct sums *sum_partitions(const struct snapshot *snapshot,
				   enum domain domain)
{
	/* One more than needed: calloc(0) may give NULL. */
	struct sums *sums =
		calloc(snapshot->partitions[domain] + 1, sizeof(*sums));

	for (size_t i = 0; sums && i < snapshot->nr_caches; i++) {
		const struct snapshot_cache *cache = &snapshot->caches[i];

		if (cache->domain != domain)
			continue;
		sums[cache->partition].objects += cache->live_objects;
		sums[cache->partition].bytes +=
			cache->live_objects * cache->object_size;
	}
	return sums;
}

static bool add_rows(struct histogram_group *group, const struct sums *sums,
		     unsigned int nr, unsigned int *nr_hidden)
{
	char label[HISTOGRAM_LABEL];

	for (unsigned int i = 0; i < nr; i++) {
		if (!sums[i].objects && nr > HEAP_HISTOGRAM_ALL_ROWS) {
			(*nr_hidden)++;
			continue;
		}
		snprintf(label, sizeof(label), "%.20s-%02u", group->label, i);
		if (!histogram_add_row(group, label, sums[i].objects,
				       sums[i].bytes))
			return false;
	}
	return true;
}

static int add_domain(struct histogram *histogram,
		      const struct snapshot *snapshot, enum domain domain)
{
	struct histogram_group *group = histogram_add_group(
		histogram, domain_name(domain), domain_colours[domain]);
	struct sums *sums = sum_partitions(snapshot, domain);
	unsigned int nr_hidden = 0;
	bool is_done;

	if (!sums)
		return -1;
	is_done =
		add_rows(group, sums, snapshot->partitions[domain], &nr_hidden);
	free(sums);
	if (nr_hidden)
		histogram_add_note(histogram,
				   "%u empty partitions of %s not shown",
				   nr_hidden, domain_name(domain));
	return is_done ? 0 : -1;
}

/* A row for each cache that has a name of its own, if there are any. */
static int add_named(struct histogram *histogram,
		     const struct snapshot *snapshot)
{
	struct histogram_group *group = NULL;

	for (size_t i = 0; i < snapshot->nr_caches; i++) {
		const struct snapshot_cache *cache = &snapshot->caches[i];

		if (!cache->name[0])
			continue;
		if (!group)
			group = histogram_add_group(histogram, "caches",
						    COLOUR_OF_CACHES);
		if (!histogram_add_row(group, cache->name, cache->live_objects,
				       cache->live_objects *
					       cache->object_size))
			return -1;
	}
	return 0;
}

static void note_typed_share(struct histogram *histogram,
			     const struct snapshot *snapshot)
{
	const uint64_t *by = snapshot->allocations;
	uint64_t typed = by[DOMAIN_DATA] + by[DOMAIN_POINTER];
	uint64_t all = typed + by[DOMAIN_UNKNOWN];
	double share = all ? 100.0 * typed / all : 0;

	/* Rounded down: 100.0 is for programs that lose no type at all. */
	histogram_add_note(histogram,
			   "typed: %.1f %% of %" PRIu64
			   " allocations (data %" PRIu64 ", pointer %" PRIu64
			   ", unknown %" PRIu64 ")",
			   floor(share * 10) / 10, all, by[DOMAIN_DATA],
			   by[DOMAIN_POINTER], by[DOMAIN_UNKNOWN]);
}

/* Types that found a partition of their own, and what the others did. */
static void note_dedicated(struct histogram *histogram,
			   const struct snapshot *snapshot)
{
	const uint64_t *by = snapshot->allocations;
	uint64_t typed = by[DOMAIN_DATA] + by[DOMAIN_POINTER];
	uint64_t own = snapshot->types_seen, spilled = 0;

	if (!snapshot->budget)
		return;
	if (own > snapshot->budget) {
		spilled = own - snapshot->budget;
		own = snapshot->budget;
	}
	histogram_add_note(histogram,
			   "dedicated: %" PRIu64 " of %" PRIu64
			   " partitions taken; %" PRIu64
			   " types share others (%.1f %% of typed allocations)",
			   own, snapshot->budget, spilled,
			   typed ? 100.0 * snapshot->typed_in_shared / typed
				 : 0);
}

int heap_histogram_fill(struct histogram *histogram,
			const struct snapshot *snapshot)
{
	const unsigned int *nr = snapshot->partitions;

	histogram_init(histogram, "partition");
	snprintf(histogram->title, sizeof(histogram->title),
		 "%s (%" PRIu64 "): mode %s, partitions: %u data, %u pointer, "
		 "%u unknown",
		 snapshot->program, snapshot->pid, snapshot->mode,
		 nr[DOMAIN_DATA], nr[DOMAIN_POINTER], nr[DOMAIN_UNKNOWN]);
	for (int i = 0; i < NR_DOMAINS; i++) {
		if (add_domain(histogram, snapshot, snapshot_order[i]) < 0)
			return -1;
	}
	note_typed_share(histogram, snapshot);
	note_dedicated(histogram, snapshot);
	/* The unknown domain's group is the last. */
	histogram_add_note(
		histogram,
		"unknown: spread over %.1f of %u partitions in effect",
		histogram_effective_rows(
			&histogram->groups[histogram->nr_groups - 1]),
		nr[DOMAIN_UNKNOWN]);
	return add_named(histogram, snapshot);
}
