/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab top: the caches of a live heap, again and again. */
#include "tools/cache_table.h"
#include "tools/command.h"
#include "tools/process_argument.h"
#include "tools/source.h"
#include "tools/terminal.h"

#include <argp.h>
#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define MAX_DELAY 86400.0

struct options {
	double delay;		  /* seconds */
	unsigned long iterations; /* 0: until the process ends */
	const struct table_key *key;
	struct process_argument process;
};

static const struct argp_option option_list[] = {
	{ .name = "delay",
	  .key = 'd',
	  .arg = "SECONDS",
	  .doc = "Time between two looks (default 2)" },
	{ .name = "iterations",
	  .key = 'n',
	  .arg = "N",
	  .doc = "End after N looks (default: when the process ends)" },
	{ .name = "sort",
	  .key = 's',
	  .arg = "KEY",
	  .doc = "Sort by bytes (default), active, slabs or name" },
	{ 0 },
};

static double read_delay(const char *argument, struct argp_state *state)
{
	char *end;
	double delay = strtod(argument, &end);

	/* Written so that "nan" fails too. */
	if (*end || end == argument || !(delay > 0 && delay <= MAX_DELAY))
		argp_error(state, "not a number of seconds: '%s'", argument);
	return delay;
}

static unsigned long read_count(const char *argument, struct argp_state *state)
{
	struct piece word = { .start = argument, .length = strlen(argument) };
	uint64_t count;

	if (!piece_to_number(word, &count) || !count)
		argp_error(state, "not a number of looks: '%s'", argument);
	return count;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->process;
		return 0;
	case 'd':
		options->delay = read_delay(argument, state);
		return 0;
	case 'n':
		options->iterations = read_count(argument, state);
		return 0;
	case 's':
		options->key = table_find_key(argument);
		if (!options->key)
			argp_error(state, "unknown key '%s'", argument);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One look: 0 or -1. On a terminal it takes the whole screen. */
static int draw_once(const struct options *options)
{
	bool is_screen = terminal_is_output();
	struct snapshot snapshot;

	if (source_read_snapshot(options->process.text, &snapshot) < 0)
		return -1;
	if (is_screen)
		fputs("\033[H\033[J", stdout);
	/* The line under the last one stays free for the cursor. */
	table_draw(&snapshot, options->key,
		   is_screen ? terminal_size(STDOUT_FILENO).height - 1 : 0,
		   stdout);
	snapshot_fini(&snapshot);
	return terminal_flush();
}

/* Waits for the next look; false: the user has seen enough. */
static bool wait_next(struct options *options)
{
	int letter = terminal_wait_key(options->delay);
	const struct table_key *key = table_find_letter(letter);

	if (key)
		options->key = key;
	return letter != 'q';
}

/* Also of a process that ended and that nobody has waited for yet. */
static bool is_gone(int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	return poll(&end, 1, 0) == 1;
}

/* Look after look: the exit status. */
static int watch(struct options *options, int pidfd)
{
	if (draw_once(options) < 0)
		return COMMAND_FAILED;
	terminal_raw();
	while (options->iterations != 1 && wait_next(options)) {
		if (options->iterations)
			options->iterations--;
		if (is_gone(pidfd))
			return 0;
		if (!terminal_is_output())
			putchar('\n');
		if (draw_once(options) < 0)
			return is_gone(pidfd) ? 0 : COMMAND_FAILED;
	}
	return 0;
}

int command_top(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_list,
		.parser = parse_option,
		.children = process_argument,
		.doc = "Shows the caches of a live heap, the largest first, "
		       "until its process ends. In a pipe, one table after "
		       "the other.\vKeys: q ends; b, a, s, n sort by bytes, "
		       "active objects, slabs, name; any other looks at once.",
	};
	struct options options = { .delay = 2, .key = table_keys };
	int pidfd, status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMAND_FAILED;
	/* Where it cannot be opened, the first look says why. */
	pidfd = pidfd_open(options.process.pid, 0);
	status = watch(&options, pidfd);
	if (pidfd >= 0)
		close(pidfd);
	return status;
}
