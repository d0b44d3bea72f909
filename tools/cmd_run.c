/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab run: runs a program on the typed heap. */
#include "tools/command.h"
#include "tools/folder.h"
#include "tools/heap_histogram.h"
#include "tools/launch.h"
#include "tools/option_check.h"
#include "tools/source.h"
#include "tools/supervise.h"
#include "tools/terminal.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What env(1) gives for a failure of its own. */
#define EXIT_OWN_FAILURE 125

struct options {
	bool has_hist;
	const char *shared;
	char **program;
};

enum {
	KEY_HIST = 256,
	KEY_LIBRARY,
	KEY_MODE,
	KEY_PARTITIONS,
	KEY_PROFILE,
};

static const struct argp_option option_list[] = {
	{ .name = "mode",
	  .key = KEY_MODE,
	  .arg = "MODE",
	  .doc = "How allocations are spread: typed, dedicated, random or "
		 "none" },
	{ .name = "partitions",
	  .key = KEY_PARTITIONS,
	  .arg = "D,P,U",
	  .doc = "Numbers of data, pointer and unknown partitions" },
	{ .name = "profile",
	  .key = KEY_PROFILE,
	  .arg = "PROFILE",
	  .doc = "A set of options: default, compat or hardened" },
	{ .name = "hist",
	  .key = KEY_HIST,
	  .doc = "At its end, draw the program's histogram on standard "
		 "error" },
	{ .name = "library",
	  .key = KEY_LIBRARY,
	  .arg = "PATH",
	  .doc = "The libtypeslab.so to run on (default: the one beside this "
		 "tool)" },
	{ 0 },
};

/* Hands an option on to the library, unless it would not take it. */
static void set_option(const char *key, const char *value,
		       struct argp_state *state)
{
	const char *allowed = option_refusal(key, value);

	if (allowed)
		argp_error(state, "%s '%s' is not allowed: %s", key, value,
			   allowed);
	if (launch_set_option(key, value) < 0)
		argp_failure(state, EXIT_OWN_FAILURE, errno, "environment");
}

static void set_partitions(char *argument, struct argp_state *state)
{
	char *next = argument;

	for (int i = 0; i < NR_DOMAINS; i++) {
		const char *number = strsep(&next, ",");

		set_option(domain_name(snapshot_order[i]), number ? number : "",
			   state);
	}
	if (next)
		argp_error(state, "more than three numbers of partitions");
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_MODE:
		set_option("mode", argument, state);
		return 0;
	case KEY_PROFILE:
		set_option("profile", argument, state);
		return 0;
	case KEY_PARTITIONS:
		set_partitions(argument, state);
		return 0;
	case KEY_HIST:
		options->has_hist = true;
		return 0;
	case KEY_LIBRARY:
		options->shared = argument;
		return 0;
	case ARGP_KEY_ARG:
		options->program = state->argv + state->next - 1;
		state->next = state->argc; /* the rest is the program's */
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a program is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Complains that @program did not start; the status to exit with. */
static int fail_to_start(const char *program, int error)
{
	errno = error;
	warn("%s", program);
	return supervise_exec_status(error);
}

/* A folder that nobody else can look into; NULL after a complaint. */
static char *create_folder(void)
{
	const char *place = getenv("TMPDIR");
	char *folder;

	/* A comma would end the option's value, %p become a number. */
	if (!place || *place != '/' || strpbrk(place, ",%"))
		place = "/tmp";
	if (asprintf(&folder, "%s/typeslab-XXXXXX", place) < 0)
		return NULL;
	if (!mkdtemp(folder)) {
		warn("%s", folder);
		free(folder);
		return NULL;
	}
	return folder;
}

/* The snapshot that @pid left in @folder; NULL: none. */
static char *find_snapshot(const char *folder, pid_t pid)
{
	char *path;

	if (asprintf(&path, "%s/%d", folder, (int)pid) < 0)
		return NULL;
	if (!access(path, F_OK))
		return path;
	free(path);
	return NULL;
}

static void draw_snapshot(const char *path, const char *program)
{
	struct histogram histogram;
	struct snapshot snapshot;

	if (!path) {
		warnx("%s left no snapshot: it allocated nothing, died of a "
		      "signal, ended by _exit, or never loaded libtypeslab",
		      program);
		return;
	}
	if (source_read_snapshot(path, &snapshot) < 0)
		return;
	if (heap_histogram_fill(&histogram, &snapshot) < 0)
		warnx("no memory");
	else
		histogram_draw(&histogram, terminal_style(STDERR_FILENO),
			       stderr);
	histogram_fini(&histogram);
	snapshot_fini(&snapshot);
}

/* Runs it with its snapshot going to @folder; its status, or its death. */
static int run_into(const char *folder, char **program, int *wait_status,
		    struct supervised *child)
{
	char *path;
	int error;

	/* The library puts the process's number for %p. */
	if (asprintf(&path, "%s/%%p", folder) < 0 ||
	    launch_set_option("snapshot", path) < 0) {
		warn("environment");
		return EXIT_OWN_FAILURE;
	}
	free(path);
	error = supervise_start(child, program);
	if (error)
		return fail_to_start(program[0], error);
	*wait_status = supervise_wait(child);
	path = find_snapshot(folder, child->pid);
	draw_snapshot(path, program[0]);
	free(path);
	return 0;
}

static int run_with_hist(char **program)
{
	char *folder = create_folder();
	struct supervised child;
	int status, wait_status = 0;

	if (!folder)
		return EXIT_OWN_FAILURE;
	status = run_into(folder, program, &wait_status, &child);
	/* With the snapshots of all processes that left one. */
	folder_remove(folder);
	free(folder);
	return status ? status : supervise_end(&child, wait_status);
}

int command_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_list,
		.parser = parse_option,
		.args_doc = "[--] PROGRAM [ARGUMENT...]",
		.doc = "Runs PROGRAM with libtypeslab preloaded. What TYPESLAB "
		       "and LD_PRELOAD hold already stays in force."
		       "\vThe exit status is the program's; 127 if it was not "
		       "found, 126 if it could not be executed, 125 if "
		       "typeslab itself failed. If a signal ends the program, "
		       "the same signal ends typeslab.",
	};
	struct options options = { 0 };
	char *library;

	argp_err_exit_status = EXIT_OWN_FAILURE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options))
		return EXIT_OWN_FAILURE;
	library = launch_find_library(options.shared);
	if (!library)
		return EXIT_OWN_FAILURE;
	if (launch_preload(library) < 0)
		return EXIT_OWN_FAILURE;
	free(library);
	if (options.has_hist)
		return run_with_hist(options.program);
	execvp(options.program[0], options.program);
	return fail_to_start(options.program[0], errno);
}
