/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab hist: the histogram of a heap, or of a kernel's kmalloc caches. */
#include "tools/command.h"
#include "tools/heap_format.h"
#include "tools/heap_histogram.h"
#include "tools/kmalloc_histogram.h"
#include "tools/source.h"
#include "tools/terminal.h"
#include "tools/types_map.h"

#include <argp.h>
#include <err.h>
#include <unistd.h>

#define SLABINFO "/proc/slabinfo"

struct options {
	bool is_slabinfo;
	int format;
	const char *source;
	const char *types; /* a table of names, or NULL */
};

static const struct argp_option option_list[] = {
	{ .name = "slabinfo",
	  .key = 's',
	  .doc = "Read a kernel's " SLABINFO ", or FILE in its format" },
	{ .name = "format",
	  .key = 'f',
	  .arg = "FORMAT",
	  .doc = "Of a heap: text (the drawing), json or openmetrics" },
	{ .name = "types",
	  .key = 't',
	  .arg = "TABLE",
	  .doc = "Name the types of each partition of a process; TABLE is "
		 "what `typeslab types` printed. Discloses its secret map" },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 's':
		options->is_slabinfo = true;
		return 0;
	case 'f':
		options->format = heap_format_of(argument);
		if (options->format < 0)
			argp_error(state, "no such format: %s", argument);
		return 0;
	case 't':
		options->types = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->source)
			argp_error(state, "one source is enough");
		options->source = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->source && !options->is_slabinfo)
			argp_error(state, "a process or a file is needed");
		if (options->format && (options->is_slabinfo || options->types))
			argp_error(state, "--format is for heaps alone");
		if (!options->source)
			options->source = SLABINFO;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Draws if @filled; frees; the exit status. */
static int finish(struct histogram *histogram, int filled)
{
	if (filled < 0)
		warnx("no memory");
	else
		histogram_draw(histogram, terminal_style(STDOUT_FILENO),
			       stdout);
	histogram_fini(histogram);
	return filled < 0 || terminal_flush() < 0 ? COMMAND_FAILED : 0;
}

static int print_heap(const struct snapshot *snapshot, enum heap_format format)
{
	if (heap_format_print(format, snapshot, stdout) < 0) {
		warnx("no memory");
		return COMMAND_FAILED;
	}
	return terminal_flush() < 0 ? COMMAND_FAILED : 0;
}

static int draw_heap(const char *source, enum heap_format format)
{
	struct histogram histogram;
	struct snapshot snapshot;
	int filled;

	if (source_read_snapshot(source, &snapshot) < 0)
		return COMMAND_FAILED;
	if (format != HEAP_DRAWING) {
		filled = print_heap(&snapshot, format);
		snapshot_fini(&snapshot);
		return filled;
	}
	filled = heap_histogram_fill(&histogram, &snapshot);
	snapshot_fini(&snapshot);
	return finish(&histogram, filled);
}

/* Names what lies in the partitions of process @source. */
static int draw_types(const char *source, const char *path)
{
	struct types_table table = { 0 };
	struct text_fault fault;
	struct text text;
	pid_t pid;
	int status;

	if (!source_is_pid(source, &pid)) {
		warnx("%s: --types is for live processes: a snapshot does not "
		      "hold the map",
		      source_name(source));
		return -1;
	}
	if (source_read_file(path, &text) < 0)
		return -1;
	status = types_table_parse(
		&table, (struct piece){ text.bytes, text.length }, &fault);
	text_fini(&text);
	if (status < 0)
		source_complain(path, &fault);
	else
		status = types_map_print(pid, &table, stdout);
	types_table_fini(&table);
	return status;
}

static int draw_slabinfo(const char *path)
{
	struct histogram histogram;
	struct kmalloc_rows rows;
	struct text_fault fault;
	struct text text;
	int status;

	if (source_read_file(path, &text) < 0)
		return COMMAND_FAILED;
	status = kmalloc_parse(text.length ? text.bytes : "", text.length,
			       &rows, &fault);
	text_fini(&text);
	if (status < 0) {
		source_complain(path, &fault);
		return COMMAND_FAILED;
	}
	status = kmalloc_histogram_fill(&histogram, source_name(path), &rows);
	kmalloc_rows_fini(&rows);
	return finish(&histogram, status);
}

int command_hist(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_list,
		.parser = parse_option,
		.args_doc = "PID|FILE|-\n--slabinfo [FILE|-]",
		.doc = "Draws how live objects spread over the partitions of a "
		       "heap: of a process, a snapshot in FILE, or one on "
		       "standard input.",
	};
	struct options options = { 0 };
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMAND_FAILED;
	if (options.is_slabinfo)
		return draw_slabinfo(options.source);
	status = draw_heap(options.source, options.format);
	if (!status && options.types &&
	    (draw_types(options.source, options.types) < 0 ||
	     terminal_flush() < 0))
		status = COMMAND_FAILED;
	return status;
}
