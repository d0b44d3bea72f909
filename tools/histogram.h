/* SPDX-License-Identifier: Apache-2.0 */
/*
 * histogram: groups of rows with counts, drawn as lines with bars.
 *
 * Owns:       the rows and notes added to it, until histogram_fini().
 * Promises:   one line a row in the order of adding, a sum line a group, a
 *             blank line after it, then the notes; no line but title and notes
 *             is wider than asked (down to HISTOGRAM_MIN_WIDTH). A row that
 *             holds anything has a bar of at least one mark.
 * Relies on:  the sums over all rows added fit 64 bits.
 * Invariant:  group.objects and group.bytes are the sums over the group's rows.
 */
#ifndef TOOLS_HISTOGRAM_H
#define TOOLS_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HISTOGRAM_LABEL	     48
#define HISTOGRAM_NOTE	     160
#define HISTOGRAM_MAX_GROUPS 16
#define HISTOGRAM_MAX_NOTES  16
#define HISTOGRAM_MIN_WIDTH  40

struct histogram_row {
	char label[HISTOGRAM_LABEL];
	uint64_t objects;
	uint64_t bytes;
};

struct histogram_group {
	char label[HISTOGRAM_LABEL];
	int colour; /* the SGR number of its bars; 0 for none */
	struct histogram_row *rows;
	size_t nr_rows;
	size_t capacity;
	uint64_t objects;
	uint64_t bytes;
};

struct histogram {
	char title[HISTOGRAM_NOTE];
	const char *row_heading; /* over the labels: "partition", "row" */
	struct histogram_group groups[HISTOGRAM_MAX_GROUPS];
	size_t nr_groups;
	char notes[HISTOGRAM_MAX_NOTES][HISTOGRAM_NOTE];
	size_t nr_notes;
};

struct histogram_style {
	unsigned int width; /* columns */
	bool has_colour;
};

void histogram_init(struct histogram *histogram, const char *row_heading);

/* The new, empty group. At most HISTOGRAM_MAX_GROUPS. */
struct histogram_group *histogram_add_group(struct histogram *histogram,
					    const char *label, int colour);

/* False: no memory. A label that is too long is cut. */
bool histogram_add_row(struct histogram_group *group, const char *label,
		       uint64_t objects, uint64_t bytes);

/* Like printf. What is too long or one too many is left out. */
void histogram_add_note(struct histogram *histogram, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * 2^entropy of the rows' objects: over how many rows they are in effect
 * spread; 0 for a group that holds none.
 */
double histogram_effective_rows(const struct histogram_group *group);

void histogram_draw(const struct histogram *histogram,
		    struct histogram_style style, FILE *to);

void histogram_fini(struct histogram *histogram);

#endif /* TOOLS_HISTOGRAM_H */
