/* SPDX-License-Identifier: Apache-2.0 */
/* kmalloc_histogram: a kernel's rows; contract in kmalloc_histogram.h. */
#include "tools/kmalloc_histogram.h"

#include <inttypes.h>

static const struct {
	const char *label;
	const char *unknown_label;
	int colour; /* green, cyan, blue, red, none */
} kinds[NR_KMALLOC_KINDS] = {
	[KMALLOC_NORMAL] = { "normal", "normal, unknown", 32 },
	[KMALLOC_ACCOUNTED] = { "accounted", "accounted, unknown", 36 },
	[KMALLOC_RECLAIMABLE] = { "reclaimable", "reclaimable, unknown", 34 },
	[KMALLOC_DMA] = { "dma", "dma, unknown", 31 },
	[KMALLOC_NO_OBJEXT] = { "no-objext", "no-objext, unknown", 0 },
};

static bool is_same_group(const struct kmalloc_row *a,
			  const struct kmalloc_row *b)
{
	return a->kind == b->kind && a->is_unknown == b->is_unknown;
}

/* Adds the group that begins at @rows[0]; returns its end, NULL: no memory. */
static const struct kmalloc_row *add_group(struct histogram *histogram,
					   const struct kmalloc_row *rows,
					   const struct kmalloc_row *end)
{
	const struct kmalloc_row *row, *last = rows;
	struct histogram_group *group;
	uint64_t objects = 0;

	while (last < end && is_same_group(rows, last))
		objects += last++->objects;
	if (!objects && (rows->kind != KMALLOC_NORMAL || rows->is_unknown))
		return last;
	group = histogram_add_group(histogram,
				    rows->is_unknown
					    ? kinds[rows->kind].unknown_label
					    : kinds[rows->kind].label,
				    kinds[rows->kind].colour);
	for (row = rows; row < last; row++) {
		if (!histogram_add_row(group, row->label, row->objects,
				       row->bytes))
			return NULL;
	}
	return last;
}

/* Sums of the kinds that have partitions; most is 0 when none has. */
struct halves {
	bool is_split[NR_KMALLOC_KINDS];
	unsigned int most; /* the highest number of a row */
	uint64_t upper;
	uint64_t lower;
	uint64_t unknown;
};

static void find_split_kinds(const struct kmalloc_rows *rows,
			     struct halves *halves)
{
	for (size_t i = 0; i < rows->nr_rows; i++) {
		const struct kmalloc_row *row = &rows->rows[i];

		if (!row->is_partition || row->is_unknown)
			continue;
		halves->is_split[row->kind] = true;
		if (row->number > halves->most)
			halves->most = row->number;
	}
}

/*
 * The compiler numbers types with pointers in the upper half. A kernel that
 * chooses rows by call site has the same names, so say "where typed".
 */
static void note_halves(struct histogram *histogram,
			const struct kmalloc_rows *rows)
{
	struct halves halves = { 0 };
	unsigned int half;

	find_split_kinds(rows, &halves);
	if (!halves.most)
		return;
	half = (halves.most + 1) / 2;
	for (size_t i = 0; i < rows->nr_rows; i++) {
		const struct kmalloc_row *row = &rows->rows[i];

		if (!halves.is_split[row->kind])
			continue;
		if (row->is_unknown)
			halves.unknown += row->objects;
		else if (row->number >= half)
			halves.upper += row->objects;
		else
			halves.lower += row->objects;
	}
	histogram_add_note(histogram,
			   "where typed: rows %u-%u, with pointers, %" PRIu64
			   " objects; rows %u-0, without, %" PRIu64
			   "; unknown %" PRIu64,
			   halves.most, half, halves.upper, half - 1,
			   halves.lower, halves.unknown);
}

/* Of the normal kind alone: that is what others publish figures of. */
static void note_largest(struct histogram *histogram,
			 const struct kmalloc_rows *rows)
{
	const struct kmalloc_row *largest = NULL;
	uint64_t objects = 0;

	for (size_t i = 0; i < rows->nr_rows; i++) {
		const struct kmalloc_row *row = &rows->rows[i];

		if (row->kind != KMALLOC_NORMAL)
			continue;
		objects += row->objects;
		if (!largest || row->objects > largest->objects)
			largest = row;
	}
	if (objects)
		histogram_add_note(histogram,
				   "largest normal row: %s, %.1f %% of %" PRIu64
				   " objects",
				   largest->label,
				   100.0 * largest->objects / objects, objects);
}

int kmalloc_histogram_fill(struct histogram *histogram, const char *origin,
			   const struct kmalloc_rows *rows)
{
	const struct kmalloc_row *end = rows->rows + rows->nr_rows;
	const struct kmalloc_row *row = rows->rows;

	histogram_init(histogram, "row");
	snprintf(histogram->title, sizeof(histogram->title),
		 "kmalloc caches of %s", origin);
	while (row && row < end)
		row = add_group(histogram, row, end);
	if (!row)
		return -1;
	note_halves(histogram, rows);
	note_largest(histogram, rows);
	for (size_t i = 0; i < histogram->nr_groups; i++) {
		const struct histogram_group *group = &histogram->groups[i];

		if (group->nr_rows > 1)
			histogram_add_note(histogram,
					   "%s: spread over %.1f of %zu rows "
					   "in effect",
					   group->label,
					   histogram_effective_rows(group),
					   group->nr_rows);
	}
	return 0;
}
