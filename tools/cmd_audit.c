/* SPDX-License-Identifier: Apache-2.0 */
/* typeslab audit: which allocation calls carry a type; why others do not. */
#include "tools/command.h"

#include "tools/audit_build.h"
#include "tools/audit_read.h"
#include "tools/audit_report.h"
#include "tools/source.h"
#include "tools/terminal.h"
#include "tools/types_table.h"

#include <argp.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Coverage lies below what --min asks for. */
#define EXIT_BELOW 1

typedef void print_function(const struct audit *audit,
			    const struct audit_report *report, FILE *to);

static const struct {
	const char *name;
	print_function *print;
} formats[] = {
	{ "text", audit_print_text },
	{ "json", audit_print_json },
	{ "html", audit_print_html },
};

struct options {
	print_function *print;
	bool has_all_sites;
	double least;
	const char *output;
	uint64_t token_max;
	char **inputs;
	int nr_inputs;
	bool is_build; /* the inputs are a command */
	bool is_misclassed;
};

enum {
	KEY_ALL = 256,
	KEY_FORMAT,
	KEY_MIN,
	KEY_MISCLASSED,
	KEY_TOKEN_MAX,
};

static const struct argp_option option_list[] = {
	{ .name = "format",
	  .key = KEY_FORMAT,
	  .arg = "FORMAT",
	  .doc = "text (default), json, or html: one self-contained page" },
	{ .name = "min",
	  .key = KEY_MIN,
	  .arg = "PERCENT",
	  .doc = "Exit with 1 if less than PERCENT of the calls are typed" },
	{ .name = "output",
	  .key = 'o',
	  .arg = "FILE",
	  .doc = "Write there and not to standard output" },
	{ .name = "all",
	  .key = KEY_ALL,
	  .doc = "Name all places in the text, not the first few" },
	{ .name = "misclassed",
	  .key = KEY_MISCLASSED,
	  .doc = "List types that hold pointers and were put among data, as "
		 "lines of a policy file; FILE is a program built with -g" },
	{ .name = "token-max",
	  .key = KEY_TOKEN_MAX,
	  .arg = "N",
	  .doc = "The objects were built with -falloc-token-max=N" },
	{ 0 },
};

static print_function *find_format(const char *name, struct argp_state *state)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (!strcmp(name, formats[i].name))
			return formats[i].print;
	}
	argp_error(state, "no such format: '%s'", name);
	return NULL;
}

static double read_number(const char *text, double most,
			  struct argp_state *state)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end || !(number >= 0 && number <= most))
		argp_error(state, "'%s' is not a number from 0 to %.0f", text,
			   most);
	return number;
}

/* What follows "--" is a command that builds. */
static void take_inputs(struct options *options, struct argp_state *state)
{
	int first = state->next - 1;

	if (options->inputs)
		return;
	options->inputs = state->argv + first;
	options->nr_inputs = state->argc - first;
	options->is_build = first && !strcmp(state->argv[first - 1], "--");
	state->next = state->argc;
}

/* Something that --misclassed knows nothing of. */
static bool has_other_wish(const struct options *options)
{
	return options->print != audit_print_text || options->least ||
	       options->token_max || options->has_all_sites;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;
	double number;

	switch (key) {
	case KEY_FORMAT:
		options->print = find_format(argument, state);
		return 0;
	case KEY_MIN:
		options->least = read_number(argument, 100, state);
		return 0;
	case KEY_TOKEN_MAX:
		number = read_number(argument, 65536, state);
		options->token_max = number;
		if (options->token_max != number)
			argp_error(state, "not a whole number: '%s'", argument);
		return 0;
	case KEY_MISCLASSED:
		options->is_misclassed = true;
		return 0;
	case KEY_ALL:
		options->has_all_sites = true;
		return 0;
	case 'o':
		options->output = strcmp(argument, "-") ? argument : NULL;
		return 0;
	case ARGP_KEY_ARG:
		take_inputs(options, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a file, or -- and a command, is needed");
		return 0;
	case ARGP_KEY_END:
		if (options->is_misclassed && has_other_wish(options))
			argp_error(state, "--misclassed is told by itself, as "
					  "text");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int read_inputs(struct audit *audit, const struct options *options)
{
	if (options->is_build)
		return audit_build(audit, options->inputs);
	for (int i = 0; i < options->nr_inputs; i++) {
		if (audit_read_file(audit, options->inputs[i]) < 0)
			return -1;
	}
	if (audit->nr_inputs[FROM_IR] && audit->nr_inputs[FROM_ELF]) {
		warnx("IR and machine code tell the same calls twice: name one "
		      "of them");
		return -1;
	}
	return 0;
}

static FILE *open_output(const struct options *options)
{
	FILE *to = options->output ? fopen(options->output, "we") : stdout;

	if (!to)
		warn("%s", options->output);
	return to;
}

/* 0, or -1 after a complaint. */
static int close_output(const struct options *options, FILE *to)
{
	if (!options->output)
		return terminal_flush();
	if (!fclose(to))
		return 0;
	warn("%s", options->output);
	return -1;
}

static int print(const struct audit *audit, const struct options *options)
{
	struct audit_report report = {
		.subject = options->is_build ? options->inputs[0]
					     : source_name(options->inputs[0]),
		.has_all_sites = options->has_all_sites,
	};
	FILE *to = open_output(options);

	if (!to)
		return -1;
	report.style = options->output
			       ? (struct histogram_style){ .width = 100 }
			       : terminal_style(STDOUT_FILENO);
	options->print(audit, &report, to);
	return close_output(options, to);
}

static int judge(const struct audit *audit, const struct options *options)
{
	struct audit_counts sum = audit_sum(audit);

	if (options->least && !audit_knows_typed(audit)) {
		warnx("--min: remarks alone do not tell how many calls are "
		      "typed; name the objects too");
		return COMMAND_FAILED;
	}
	if (options->least && audit->nr_failed) {
		warnx("--min: what is not counted may be without a type");
		return COMMAND_FAILED;
	}
	if (options->least && !audit_all(&sum)) {
		warnx("--min: no call of an allocation function was seen");
		return COMMAND_FAILED;
	}
	if (audit_share(&sum) >= options->least)
		return 0;
	warnx("%.1f %% of the calls are typed, %.1f %% are asked for",
	      audit_share(&sum), options->least);
	return EXIT_BELOW;
}

static int print_misclassed(const struct options *options)
{
	struct types_table table = { 0 };
	int status = 0;
	FILE *to;

	if (options->is_build) {
		warnx("--misclassed: name programs or objects, not a build");
		return COMMAND_FAILED;
	}
	for (int i = 0; i < options->nr_inputs && !status; i++)
		status = types_table_add_file(&table, options->inputs[i]);
	to = status < 0 ? NULL : open_output(options);
	if (to) {
		types_table_settle(&table);
		types_table_print_misclassed(&table, to);
	}
	status = to ? close_output(options, to) : -1;
	types_table_fini(&table);
	return status < 0 ? COMMAND_FAILED : 0;
}

int command_audit(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_list,
		.parser = parse_option,
		.args_doc = "FILE...\n-- COMMAND [ARGUMENT...]",
		.doc = "Tells which allocation calls carry a type, which do "
		       "not, why, and what to do. FILE is the output of a "
		       "build with -Rpass=alloc-token, an optimization record "
		       "(YAML), LLVM IR (.ll), or an object file or program; "
		       "COMMAND is a build, whose compiles are watched.",
	};
	struct options options = { .print = audit_print_text };
	struct audit audit;
	int status;

	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options))
		return COMMAND_FAILED;
	if (options.is_misclassed)
		return print_misclassed(&options);
	audit_init(&audit);
	audit.token_max = options.token_max;
	status = read_inputs(&audit, &options);
	if (!status) {
		audit_settle(&audit);
		status = print(&audit, &options);
	}
	status = status < 0 ? COMMAND_FAILED : judge(&audit, &options);
	audit_fini(&audit);
	return status;
}
