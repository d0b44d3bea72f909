/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab wrap: callers' types through a program's own wrappers. */
#include "tools/command.h"

#include "tools/audit_build.h"
#include "tools/audit_read.h"
#include "tools/ir_scan.h"
#include "tools/must.h"
#include "tools/source.h"
#include "tools/terminal.h"
#include "tools/wrap.h"

#include <argp.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FOLDER "typed"

/*
 * Types of functions; values not hidden in memory, as in -O0; who is an
 * allocator by its declaration; what static functions are never called; IR
 * before any pass, behind the warnings.
 */
#define WATCH_FLAGS                                     \
	"-g -O1 -fsanitize-alloc-token-extended "       \
	"-Wunused-function -Wno-error=unused-function " \
	"-mllvm -print-before=annotation2metadata "     \
	"-mllvm -print-module-scope"
#define RAW_IR "; *** IR Dump Before "

struct options {
	bool has_discover;
	bool is_dry; /* tell, write nothing */
	const char *folder;
	struct must_names names;
	struct must_names excepted; /* no wrappers */
	struct must_names inputs;   /* IR */
	char **command;
};

enum {
	KEY_DISCOVER = 256,
	KEY_DRY,
	KEY_EXCEPT,
	KEY_IR,
};

static const struct argp_option option_list[] = {
	{ .name = "discover",
	  .key = KEY_DISCOVER,
	  .doc = "Take every function that is seen to be a wrapper" },
	{ .name = "dry-run",
	  .key = KEY_DRY,
	  .doc = "Only tell what would be done" },
	{ .name = "except",
	  .key = KEY_EXCEPT,
	  .arg = "NAME",
	  .doc = "Do not take that function for a wrapper" },
	{ .name = "ir",
	  .key = KEY_IR,
	  .arg = "FILE",
	  .doc = "Read LLVM IR (clang-22 -O1 -g -S -emit-llvm) and run no "
		 "build" },
	{ .name = "output",
	  .key = 'o',
	  .arg = "FOLDER",
	  .doc = "Write wrap.h, wrap.c and their objects there (default: "
		 "typed)" },
	{ 0 },
};

static void take_argument(struct options *options, char *argument,
			  struct argp_state *state)
{
	int at = state->next - 1;

	/* What follows "--" is a command that builds. */
	if (at && !strcmp(state->argv[at - 1], "--")) {
		options->command = state->argv + at;
		state->next = state->argc;
		return;
	}
	must_add_name(&options->names, argument);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_DISCOVER:
		options->has_discover = true;
		return 0;
	case KEY_DRY:
		options->is_dry = true;
		return 0;
	case KEY_EXCEPT:
		must_add_name(&options->excepted, argument);
		return 0;
	case KEY_IR:
		must_add_name(&options->inputs, argument);
		return 0;
	case 'o':
		options->folder = argument;
		return 0;
	case ARGP_KEY_ARG:
		take_argument(options, argument, state);
		return 0;
	case ARGP_KEY_END:
		if (!options->command && !options->inputs.nr)
			argp_error(state, "-- and a command that builds, or "
					  "--ir FILE, is needed");
		if (!options->names.nr && !options->has_discover)
			argp_error(state, "a NAME or --discover is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Of a static function that is not called the compiler's warning is left. */
static void read_warnings(struct wraps *wraps, struct piece text)
{
	static const char what[] = "unused function '";
	struct line_cursor cursor;
	struct piece line, name;

	line_cursor_init(&cursor, text.start, text.length);
	while (line_next(&cursor, &line)) {
		name = piece_from(line, scan_find(line, what));
		name = piece_from(name, name.length ? strlen(what) : 0);
		name.length = scan_find(name, "'");
		if (name.length)
			wrap_take_static(wraps, must_keep(name));
	}
}

static int read_module(struct wraps *wraps, const char *path)
{
	struct text_fault fault = { .what = "not LLVM IR" };
	struct text text;
	struct piece bytes;
	int status = -1;

	if (source_read_file(path, &text) < 0)
		return -1;
	bytes = source_bytes(&text);
	if (audit_format_of(bytes) == FORMAT_IR)
		status = wrap_read_ir(wraps, bytes, &fault);
	text_fini(&text);
	if (status < 0)
		source_complain(path, &fault);
	return status;
}

static int read_log(struct wraps *wraps, const char *path)
{
	struct text text;
	struct piece bytes;
	size_t raw;

	if (source_read_file(path, &text) < 0)
		return -1;
	bytes = source_bytes(&text);
	raw = scan_find(bytes, RAW_IR);
	read_warnings(wraps, (struct piece){ bytes.start, raw });
	wrap_read_raw(wraps, piece_from(bytes, raw));
	text_fini(&text);
	return 0;
}

/* What a watched compile left. */
static int read_watched(void *context, const char *path)
{
	return audit_is_ir(path) ? read_module(context, path)
				 : read_log(context, path);
}

static int read_all(struct wraps *wraps, const struct options *options)
{
	int status = 0, nr_failed;

	for (size_t i = 0; i < options->inputs.nr && !status; i++)
		status = read_module(wraps, options->inputs.list[i]);
	if (status || !options->command)
		return status;
	if (setenv(AUDIT_FLAGS, WATCH_FLAGS, 1)) {
		warn("environment");
		return -1;
	}
	nr_failed = audit_watch(options->command, read_watched, wraps);
	if (nr_failed < 0)
		return -1;
	if (wraps->nr_modules)
		return 0;
	if (!nr_failed)
		warnx("%s: no compile by clang was seen: does it use CC or "
		      "clang-22?",
		      options->command[0]);
	return -1;
}

/*
 * Who asks a wrapper for a T * needs no help: the types inside it are seen.
 * And a function that may give back an old block (sdscatlen) must not be
 * declared as giving a new one, but by someone who knows its callers.
 */
static bool is_typeless(const struct wrap_function *function)
{
	return function->is_wrapper && !function->returned &&
	       (!function->declaration ||
		!strncmp(function->declaration, "void * ", 7));
}

/* Chooses by name, by discovery, and what the compiler calls already. */
static int choose(struct wraps *wraps, const struct options *options)
{
	int status = 0;

	for (size_t i = 0; i < options->excepted.nr; i++)
		status |=
			wrap_except(wraps, options->excepted.list[i]) ? 0 : -1;
	wrap_resolve(wraps);
	for (size_t i = 0; i < options->names.nr; i++)
		status |= wrap_choose(wraps, options->names.list[i]) ? 0 : -1;
	/* Who calls those that were named is a wrapper too. */
	wrap_resolve(wraps);
	for (size_t i = 0; i < wraps->nr_functions; i++) {
		struct wrap_function *function = &wraps->functions[i];

		if ((options->has_discover && is_typeless(function)) ||
		    function->is_rewritten)
			function->is_chosen = true;
	}
	return status;
}

/* "1*2": which arguments make the size; "-": none does. */
static const char *sizes_told(const struct wrap_function *function)
{
	const char *sign = wrap_size_of(function) == WRAP_SUM ? "+" : "*";
	char text[4 * WRAP_MOST_ARGUMENTS] = "-";
	size_t n = 0;

	for (size_t i = 0; i < function->nr_arguments; i++) {
		if (function->size_arguments >> i & 1)
			n += snprintf(text + n, sizeof(text) - n, "%s%zu",
				      n ? sign : "", i + 1);
	}
	return must_keep_string(text);
}

/* Whether there is anything to tell. */
static bool tell(const struct wraps *wraps, const struct options *options,
		 const struct wrap_function *function)
{
	const char *obstacle = wrap_obstacle(function);
	const char *name = must_keep_printable(function->name);

	if (function->is_chosen && !obstacle)
		printf("carries  %-28s size: %s%s\n", name,
		       sizes_told(function),
		       function->returned ? "; may return its argument" : "");
	else if (function->is_chosen)
		printf("cannot   %-28s %s\n", name, obstacle);
	else if (options->has_discover && !obstacle && !function->is_excepted &&
		 function->is_wrapper && function->returned)
		printf("perhaps  %-28s may return its argument; name it "
		       "if no caller uses the old pointer then\n",
		       name);
	else if (options->has_discover && !obstacle &&
		 wrap_is_candidate(wraps, function))
		printf("perhaps  %-28s asks through a pointer; name it "
		       "if it allocates\n",
		       name);
	else
		return false;
	return true;
}

static void tell_all(const struct wraps *wraps, const struct options *options)
{
	bool is_told = false;

	for (size_t i = 0; i < wraps->nr_functions; i++)
		is_told |= tell(wraps, options, &wraps->functions[i]);
	if (!is_told)
		warnx("no wrapper was found");
}

int command_wrap(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_list,
		.parser = parse_option,
		.args_doc = "[NAME[:ARG[*ARG]]...] -- COMMAND [ARGUMENT...]",
		.doc = "Carries callers' types through a program's own "
		       "allocation functions: writes a header to force in and "
		       "a shim to link, for `typeslab cc --typeslab-wrap`. "
		       "COMMAND builds the program; ARG says which argument "
		       "(counted from 1) is the size.",
	};
	struct options options = { .folder = DEFAULT_FOLDER };
	struct wraps wraps = { 0 };
	int status;

	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options))
		return COMMAND_FAILED;
	status = read_all(&wraps, &options);
	if (!status)
		status = choose(&wraps, &options);
	if (!status) {
		tell_all(&wraps, &options);
		if (!options.is_dry)
			status = wrap_write(&wraps, options.folder);
	}
	wrap_fini(&wraps);
	free(options.names.list);
	free(options.excepted.list);
	free(options.inputs.list);
	return status < 0 || terminal_flush() < 0 ? COMMAND_FAILED : 0;
}
