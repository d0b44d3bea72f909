/* SPDX-License-Identifier: Apache-2.0 */
/* process_argument: see process_argument.h. */
#include "tools/process_argument.h"

#include "tools/source.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct process_argument *process = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (process->text)
			argp_error(state, "one process is enough");
		process->text = argument;
		if (!source_is_pid(argument, &process->pid))
			argp_error(state, "%s: not the number of a process",
				   argument);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a process is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "PID",
};

const struct argp_child process_argument[] = {
	{ .argp = &argp },
	{ 0 },
};
