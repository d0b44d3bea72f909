/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab: the typed heap's tool; a table of subcommands. */
#include "tools/command.h"
#include "tools/terminal.h"
#include "tools/version.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *argp_program_version = "typeslab " TYPESLAB_VERSION;

struct command {
	const char *name;
	int (*function)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{ "run", command_run, "run a program on the typed heap" },
	{ "hist", command_hist, "draw the histogram of a heap or a kernel" },
	{ "snapshot", command_snapshot, "write down a live heap" },
	{ "top", command_top, "watch a live heap" },
	{ "audit", command_audit, "find where allocations lose their types" },
	{ "wrap", command_wrap, "carry types through a program's wrappers" },
	{ "types", command_types, "name the types that a program allocates" },
	{ "cc", command_cc, "compile C with types for the heap" },
	{ "c++", command_cxx, "compile C++ with types for the heap" },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* The command that was named, and where its own arguments begin. */
struct choice {
	const struct command *command;
	int first;
};

static void choose(struct choice *choice, const char *name,
		   struct argp_state *state)
{
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(name, commands[i].name))
			continue;
		choice->command = &commands[i];
		choice->first = state->next - 1;
		state->next = state->argc; /* the rest is the command's */
		return;
	}
	argp_error(state, "unknown command '%s'", name);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		choose(state->input, argument, state);
	else if (key == ARGP_KEY_NO_ARGS)
		argp_error(state, "a command is needed");
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

/* Puts the table of commands between the options and the end. */
static char *filter_help(int key, const char *text, void *input)
{
	char *help;
	size_t size;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&help, &size);
	if (!out)
		return (char *)text;
	fputs("Commands:\n", out);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name,
			commands[i].help);
	fputs("\n'typeslab COMMAND --help' tells more of one.", out);
	fclose(out);
	return help;
}

/* Commands look themselves; argp prints help and goes. */
static void check_output(void)
{
	if (terminal_flush() < 0)
		_exit(COMMAND_FAILED);
}

/*
 * What is opened must not get the number of a stream that is closed: what is
 * for nobody would be written there. As before, to read or write one is EBADF,
 * and a program that is run finds them closed.
 */
static void hold_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_CLOEXEC | O_WRONLY);
		if (fd == STDOUT_FILENO || fd == STDERR_FILENO) {
			close(fd);
			fd = open("/dev/null", O_CLOEXEC | O_RDONLY);
		}
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse_option,
		.args_doc = "COMMAND [ARGUMENT...]",
		.doc = "Runs programs on the typed heap and shows heaps."
		       "\v" /* filled in by filter_help() */,
		.help_filter = filter_help,
	};
	struct choice choice = { 0 };
	char *name;

	/* getopt begins its messages with argv[0], path and all. */
	argv[0] = program_invocation_short_name;
	hold_streams();
	argp_err_exit_status = COMMAND_FAILED;
	atexit(check_output);
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice))
		return COMMAND_FAILED;
	if (asprintf(&name, "typeslab %s", choice.command->name) < 0)
		return COMMAND_FAILED;
	argv[choice.first] = name;
	return choice.command->function(argc - choice.first,
					argv + choice.first);
}
