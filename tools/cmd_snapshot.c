/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab snapshot: writes the snapshot of a live process. */
#include "tools/command.h"
#include "tools/process_argument.h"
#include "tools/source.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *output; /* NULL: standard output */
	struct process_argument process;
};

static const struct argp_option option_list[] = {
	{ .name = "output",
	  .key = 'o',
	  .arg = "FILE",
	  .doc = "Write to FILE, which must not exist yet (default: standard "
		 "output)" },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->process;
		return 0;
	case 'o':
		options->output = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The owner alone may read it; it replaces nothing and follows no link. */
static int write_file(const struct text *text, const char *path)
{
	int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		     0600);
	int status;

	if (fd < 0) {
		warn("%s", path);
		return -1;
	}
	status = text_write_fd(text, fd);
	if (close(fd) < 0)
		status = -1;
	if (status < 0) {
		warn("%s", path);
		unlink(path);
	}
	return status;
}

static int write_output(const struct text *text, const char *path)
{
	if (path && strcmp(path, "-"))
		return write_file(text, path);
	if (text_write_fd(text, STDOUT_FILENO) < 0) {
		warn("standard output");
		return -1;
	}
	return 0;
}

int command_snapshot(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_list,
		.parser = parse_option,
		.children = process_argument,
		.doc = "Writes the heap of a live process down as text: a "
		       "slabinfo 2.1 file with a line a cache. It holds no "
		       "addresses.",
	};
	struct options options = { 0 };
	struct text text;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMAND_FAILED;
	if (source_read_pid(options.process.pid, &text) < 0)
		return COMMAND_FAILED;
	status = write_output(&text, options.output);
	text_fini(&text);
	return status < 0 ? COMMAND_FAILED : 0;
}
