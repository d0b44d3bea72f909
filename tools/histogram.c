/* SPDX-License-Identifier: Apache-2.0 */
/* histogram: counts drawn as lines with bars; contract in histogram.h. */
#include "tools/histogram.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The mark of the kernel mail's histogram. */
#define MARK '+'
#define GAP  2

/* The columns of a drawing, found before the first line is printed. */
struct layout {
	int label;
	int objects;
	int bytes;
	unsigned int bar;
	uint64_t most; /* objects of the longest bar */
	struct histogram_style style;
};

static int digits_of(uint64_t number)
{
	return snprintf(NULL, 0, "%" PRIu64, number);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static void lay_out(const struct histogram *histogram,
		    struct histogram_style style, struct layout *out)
{
	unsigned int taken;

	*out = (struct layout){
		.label = strlen(histogram->row_heading),
		.objects = strlen("objects"),
		.bytes = strlen("bytes"),
		.style = style,
	};
	for (size_t i = 0; i < histogram->nr_groups; i++) {
		const struct histogram_group *group = &histogram->groups[i];

		out->label = larger(out->label, strlen(group->label) + 2);
		out->objects = larger(out->objects, digits_of(group->objects));
		out->bytes = larger(out->bytes, digits_of(group->bytes));
		for (size_t j = 0; j < group->nr_rows; j++) {
			const struct histogram_row *row = &group->rows[j];

			out->label = larger(out->label, strlen(row->label));
			if (row->objects > out->most)
				out->most = row->objects;
		}
	}
	taken = out->label + GAP + out->objects + GAP + out->bytes + GAP;
	out->bar = style.width > taken ? style.width - taken : 0;
}

/* Rounded to the nearest mark; never none for a row that holds something. */
static unsigned int marks_of(uint64_t objects, const struct layout *layout)
{
	unsigned __int128 marks;

	if (!objects)
		return 0;
	marks = (unsigned __int128)objects * layout->bar + layout->most / 2;
	marks /= layout->most;
	return marks ? marks : 1;
}

static void draw_row(const struct histogram_row *row, int colour,
		     const struct layout *layout, FILE *to)
{
	unsigned int nr_marks = marks_of(row->objects, layout);

	fprintf(to, "%-*s  %*" PRIu64 "  %*" PRIu64, layout->label, row->label,
		layout->objects, row->objects, layout->bytes, row->bytes);
	if (nr_marks) {
		fprintf(to, "%*s", GAP, "");
		if (colour && layout->style.has_colour)
			fprintf(to, "\033[%dm", colour);
		while (nr_marks--)
			fputc(MARK, to);
		if (colour && layout->style.has_colour)
			fputs("\033[0m", to);
	}
	fputc('\n', to);
}

static double percent_of(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void draw_group(const struct histogram_group *group, uint64_t objects,
		       const struct layout *layout, FILE *to)
{
	char label[HISTOGRAM_LABEL + 2];

	for (size_t i = 0; i < group->nr_rows; i++)
		draw_row(&group->rows[i], group->colour, layout, to);
	snprintf(label, sizeof(label), "= %s", group->label);
	fprintf(to, "%-*s  %*" PRIu64 "  %*" PRIu64 "  %.1f %% of objects\n\n",
		layout->label, label, layout->objects, group->objects,
		layout->bytes, group->bytes,
		percent_of(group->objects, objects));
}

void histogram_init(struct histogram *histogram, const char *row_heading)
{
	memset(histogram, 0, sizeof(*histogram));
	histogram->row_heading = row_heading;
}

struct histogram_group *histogram_add_group(struct histogram *histogram,
					    const char *label, int colour)
{
	struct histogram_group *group;

	if (histogram->nr_groups == HISTOGRAM_MAX_GROUPS)
		abort();
	group = &histogram->groups[histogram->nr_groups++];
	snprintf(group->label, sizeof(group->label), "%s", label);
	group->colour = colour;
	return group;
}

bool histogram_add_row(struct histogram_group *group, const char *label,
		       uint64_t objects, uint64_t bytes)
{
	struct histogram_row *row;

	if (group->nr_rows == group->capacity) {
		size_t capacity = group->capacity ? group->capacity * 2 : 16;
		void *grown = reallocarray(group->rows, capacity, sizeof(*row));

		if (!grown)
			return false;
		group->rows = grown;
		group->capacity = capacity;
	}
	row = &group->rows[group->nr_rows++];
	snprintf(row->label, sizeof(row->label), "%s", label);
	row->objects = objects;
	row->bytes = bytes;
	group->objects += objects;
	group->bytes += bytes;
	return true;
}

void histogram_add_note(struct histogram *histogram, const char *format, ...)
{
	va_list arguments;

	if (histogram->nr_notes == HISTOGRAM_MAX_NOTES)
		return;
	va_start(arguments, format);
	vsnprintf(histogram->notes[histogram->nr_notes++], HISTOGRAM_NOTE,
		  format, arguments);
	va_end(arguments);
}

double histogram_effective_rows(const struct histogram_group *group)
{
	double entropy = 0;

	if (!group->objects)
		return 0;
	for (size_t i = 0; i < group->nr_rows; i++) {
		double share = (double)group->rows[i].objects / group->objects;

		if (share > 0)
			entropy -= share * log2(share);
	}
	return exp2(entropy);
}

void histogram_draw(const struct histogram *histogram,
		    struct histogram_style style, FILE *to)
{
	uint64_t objects = 0, bytes = 0;
	struct layout layout;

	if (style.width < HISTOGRAM_MIN_WIDTH)
		style.width = HISTOGRAM_MIN_WIDTH;
	lay_out(histogram, style, &layout);
	for (size_t i = 0; i < histogram->nr_groups; i++) {
		objects += histogram->groups[i].objects;
		bytes += histogram->groups[i].bytes;
	}
	fprintf(to, "%s\n\n%-*s  %*s  %*s\n", histogram->title, layout.label,
		histogram->row_heading, layout.objects, "objects", layout.bytes,
		"bytes");
	for (size_t i = 0; i < histogram->nr_groups; i++)
		draw_group(&histogram->groups[i], objects, &layout, to);
	fprintf(to, "all: %" PRIu64 " live objects, %" PRIu64 " bytes\n",
		objects, bytes);
	for (size_t i = 0; i < histogram->nr_notes; i++)
		fprintf(to, "%s\n", histogram->notes[i]);
}

void histogram_fini(struct histogram *histogram)
{
	for (size_t i = 0; i < histogram->nr_groups; i++)
		free(histogram->groups[i].rows);
	histogram->nr_groups = 0;
}
