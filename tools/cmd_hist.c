/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab hist: the histogram of a heap, or of a kernel's kmalloc caches. */
#include "tools/command.h"
#include "tools/heap_format.h"
#include "tools/heap_histogram.h"
#include "tools/kmalloc_histogram.h"
#include "tools/sites.h"
#include "tools/source.h"
#include "tools/terminal.h"
#include "tools/types_map.h"

#include <argp.h>
#include <err.h>
#include <string.h>
#include <unistd.h>

#define SLABINFO "/proc/slabinfo"

/* Sites named unless --sites says how many. */
#define SITES_NAMED 20

struct options {
	bool is_slabinfo;
	int format;
	const char *source;
	const char *types; /* a table of names, or NULL */
	uint64_t nr_sites; /* to name; 0: none */
};

enum {
	KEY_SITES = 256,
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
	{ .name = "sites",
	  .key = KEY_SITES,
	  .arg = "N",
	  .flags = OPTION_ARG_OPTIONAL,
	  .doc = "Name the N (default 20) call sites whose live objects have "
		 "no type and are the most bytes, of a process that was "
		 "started with TYPESLAB=trace=on" },
	{ 0 },
};

static uint64_t read_count(const char *argument, struct argp_state *state)
{
	struct piece word = { .start = argument, .length = strlen(argument) };
	uint64_t count;

	if (!piece_to_number(word, &count) || !count)
		argp_error(state, "not a number of sites: '%s'", argument);
	return count;
}

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
	case KEY_SITES:
		options->nr_sites = SITES_NAMED;
		if (argument)
			options->nr_sites = read_count(argument, state);
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
		if (options->nr_sites &&
		    (options->is_slabinfo || options->types || options->format))
			argp_error(state, "--sites is told by itself");
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
	/* What the stream refused is told when it is flushed. */
	if (heap_format_print(format, snapshot, stdout) < 0 &&
	    !ferror(stdout)) {
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

/* False after a complaint: @source is no process, and @option asks for one. */
static bool is_live(const char *source, pid_t *pid, const char *option,
		    const char *lack)
{
	if (source_is_pid(source, pid))
		return true;
	warnx("%s: %s is for live processes: a snapshot does not %s",
	      source_name(source), option, lack);
	return false;
}

static int read_types(const char *path, struct types_table *table)
{
	struct text_fault fault;
	struct text text;
	int status;

	if (source_read_file(path, &text) < 0)
		return -1;
	status = types_table_parse(
		table, (struct piece){ text.bytes, text.length }, &fault);
	text_fini(&text);
	if (status < 0)
		source_complain(path, &fault);
	return status;
}

/* Draws process @source, and names what lies in its partitions. */
static int draw_types(const char *source, const char *path)
{
	struct types_table table = { 0 };
	int status;
	pid_t pid;

	if (!is_live(source, &pid, "--types", "hold the map"))
		return COMMAND_FAILED;
	if (read_types(path, &table) < 0)
		status = COMMAND_FAILED;
	else
		status = draw_heap(source, HEAP_DRAWING);
	if (!status &&
	    (types_map_print(pid, &table, stdout) < 0 || terminal_flush() < 0))
		status = COMMAND_FAILED;
	types_table_fini(&table);
	return status;
}

static void sum_caches(struct site_totals *totals,
		       const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nr_caches; i++) {
		const struct snapshot_cache *cache = &snapshot->caches[i];
		struct site_sum *sum = cache->domain == DOMAIN_UNKNOWN
					       ? &totals->untyped
					       : &totals->typed;

		if (cache->domain == SNAPSHOT_NAMED)
			continue;
		sum->objects += cache->live_objects;
		sum->bytes += cache->live_objects * cache->object_size;
	}
}

/* Names the sites of process @source that give no type: the exit status. */
static int name_sites(const char *source, size_t most)
{
	struct site_totals totals = { 0 };
	struct sites sites = { 0 };
	struct snapshot snapshot;
	int status;
	pid_t pid;

	if (!is_live(source, &pid, "--sites", "tell who allocated what"))
		return COMMAND_FAILED;
	if (source_read_snapshot(source, &snapshot) < 0)
		return COMMAND_FAILED;
	sum_caches(&totals, &snapshot);
	snapshot_fini(&snapshot);
	status = sites_read(&sites, pid);
	if (!status)
		status = sites_print(&sites, pid, &totals, most, stdout);
	sites_fini(&sites);
	return status < 0 || terminal_flush() < 0 ? COMMAND_FAILED : 0;
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

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMAND_FAILED;
	if (options.is_slabinfo)
		return draw_slabinfo(options.source);
	if (options.nr_sites)
		return name_sites(options.source, options.nr_sites);
	if (options.types)
		return draw_types(options.source, options.types);
	return draw_heap(options.source, options.format);
}
