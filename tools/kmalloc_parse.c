/* SPDX-License-Identifier: Apache-2.0 */
/* kmalloc_parse: slabinfo's kmalloc caches; contract in kmalloc_parse.h. */
#include "tools/kmalloc_parse.h"

#include <stdlib.h>
#include <string.h>

/* Kernels have at most some hundred; more is a forged file. */
#define MAX_ROWS 1024

struct parse {
	struct line_cursor lines;
	struct kmalloc_rows *out;
	size_t capacity;  /* of out->rows */
	uint64_t objects; /* of all rows, to refuse what overflows */
	uint64_t bytes;
};

/* The words a name may have between "kmalloc" and the size. */
static const struct {
	const char *word;
	struct kmalloc_row means;
} words[] = {
	{ "cg", { .kind = KMALLOC_ACCOUNTED } },
	{ "rcl", { .kind = KMALLOC_RECLAIMABLE } },
	{ "dma", { .kind = KMALLOC_DMA } },
	{ "no", { .kind = KMALLOC_NO_OBJEXT } },
	{ "objext", { .kind = KMALLOC_NO_OBJEXT } },
	{ "part", { .is_partition = true } },
	{ "rnd", { .kind = KMALLOC_NORMAL } },
	{ "unk", { .is_unknown = true } },
};

static bool read_word(struct piece word, struct kmalloc_row *row)
{
	uint64_t number;

	if (piece_to_number(word, &number) && number < MAX_ROWS) {
		row->number = number;
		return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!piece_is(word, words[i].word))
			continue;
		if (words[i].means.kind)
			row->kind = words[i].means.kind;
		row->is_partition |= words[i].means.is_partition;
		row->is_unknown |= words[i].means.is_unknown;
		return true;
	}
	return false;
}

/* 96, 8k, 4M */
static bool is_size(struct piece word)
{
	char last = word.length ? word.start[word.length - 1] : 0;
	uint64_t number;

	if (last == 'k' || last == 'M')
		word.length--;
	return piece_to_number(word, &number);
}

/* Takes what follows the last '-' off *@name. */
static bool take_last_word(struct piece *name, struct piece *word)
{
	const char *dash = memrchr(name->start, '-', name->length);

	if (!dash)
		return false;
	word->start = dash + 1;
	word->length = name->start + name->length - word->start;
	name->length = dash - name->start;
	return true;
}

/* Fills *@row's label and what it says; false: no kmalloc cache. */
static bool read_name(struct piece name, struct kmalloc_row *row)
{
	struct piece word;

	memset(row, 0, sizeof(*row));
	if (!take_last_word(&name, &word) || !is_size(word) ||
	    name.length >= sizeof(row->label))
		return false;
	memcpy(row->label, name.start, name.length);
	if (piece_has_prefix(name, "dma-")) {
		row->kind = KMALLOC_DMA;
		name.start += strlen("dma-");
		name.length -= strlen("dma-");
	}
	while (take_last_word(&name, &word)) {
		if (!read_word(word, row))
			return false;
	}
	return piece_is(name, "kmalloc");
}

/* The row with the label of @like, made if it is new; NULL: no memory. */
static struct kmalloc_row *find_row(struct parse *parse,
				    const struct kmalloc_row *like)
{
	struct kmalloc_rows *out = parse->out;

	for (size_t i = 0; i < out->nr_rows; i++) {
		if (!strcmp(out->rows[i].label, like->label))
			return &out->rows[i];
	}
	if (out->nr_rows == parse->capacity) {
		size_t capacity = parse->capacity ? parse->capacity * 2 : 32;
		void *grown = NULL;

		if (capacity <= MAX_ROWS)
			grown = reallocarray(out->rows, capacity,
					     sizeof(*like));
		if (!grown)
			return NULL;
		out->rows = grown;
		parse->capacity = capacity;
	}
	out->rows[out->nr_rows] = *like;
	return &out->rows[out->nr_rows++];
}

static const char *parse_line(struct parse *parse, struct piece line)
{
	struct kmalloc_row like, *row;
	struct slab_line columns;
	const char *what;
	uint64_t bytes;

	if (parse->lines.is_cut)
		return "truncated: the text ends inside the line";
	if (piece_has_prefix(line, "#"))
		return NULL;
	what = slab_line_parse(line, &columns);
	if (what)
		return what;
	if (!read_name(columns.name, &like))
		return NULL;
	if (__builtin_mul_overflow(columns.active_objects, columns.object_size,
				   &bytes) ||
	    __builtin_add_overflow(parse->bytes, bytes, &parse->bytes) ||
	    __builtin_add_overflow(parse->objects, columns.active_objects,
				   &parse->objects))
		return "more bytes than 64 bits can count";
	row = find_row(parse, &like);
	if (!row)
		return "more rows than a kernel has";
	row->objects += columns.active_objects;
	row->bytes += bytes;
	return NULL;
}

static int compare_rows(const void *left, const void *right)
{
	const struct kmalloc_row *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->is_unknown != b->is_unknown)
		return a->is_unknown ? 1 : -1;
	if (a->number != b->number)
		return a->number > b->number ? -1 : 1;
	return strcmp(a->label, b->label);
}

static const char *parse_text(struct parse *parse)
{
	struct piece line;
	const char *what = NULL;

	if (!line_next(&parse->lines, &line))
		return "empty";
	if (!piece_has_prefix(line, "slabinfo - version: 2."))
		return "no slabinfo: not 'slabinfo - version: 2.1'";
	while (!what && line_next(&parse->lines, &line))
		what = parse_line(parse, line);
	if (!what && !parse->out->nr_rows) {
		parse->lines.number = 0;
		what = "no kmalloc caches (a heap's snapshot is read without "
		       "--slabinfo)";
	}
	return what;
}

int kmalloc_parse(const char *text, size_t length, struct kmalloc_rows *out,
		  struct text_fault *fault)
{
	struct parse parse = { .out = out };
	const char *what;

	memset(out, 0, sizeof(*out));
	line_cursor_init(&parse.lines, text, length);
	what = parse_text(&parse);
	if (what) {
		fault->line = parse.lines.number;
		fault->what = what;
		kmalloc_rows_fini(out);
		return -1;
	}
	qsort(out->rows, out->nr_rows, sizeof(out->rows[0]), compare_rows);
	return 0;
}

void kmalloc_rows_fini(struct kmalloc_rows *rows)
{
	free(rows->rows);
	rows->rows = NULL;
	rows->nr_rows = 0;
}
