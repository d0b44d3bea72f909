/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab types: names of the tokens that programs pass. */
#include "tools/command.h"

#include "tools/terminal.h"
#include "tools/types_table.h"

#include <argp.h>

struct options {
	struct types_table table;
	int status;
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (!options->status)
			options->status =
				types_table_add_file(&options->table, argument);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a program or IR is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int command_types(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse_option,
		.args_doc = "FILE...",
		.doc = "Prints a table of the tokens that a program passes, and "
		       "the names of their types, for `typeslab hist --types`. "
		       "FILE is a program or object built with -g, or LLVM IR.",
	};
	struct options options = { 0 };

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMAND_FAILED;
	if (!options.status) {
		types_table_settle(&options.table);
		types_table_print(&options.table, stdout);
	}
	types_table_fini(&options.table);
	return options.status < 0 || terminal_flush() < 0 ? COMMAND_FAILED : 0;
}
