/* SPDX-License-Identifier: Apache-2.0 */
/* cc_early: a compile in three steps; contract in cc_early.h. */
#include "tools/cc_early.h"

#include "tools/cc_beside.h"
#include "tools/cc_rules.h"
#include "tools/cc_run.h"
#include "tools/cc_uncarried.h"
#include "tools/folder.h"
#include "tools/must.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_REFUSED 2

/* NAME of "folder/NAME.c". */
static char *stem_of(const char *source)
{
	const char *name = strrchr(source, '/');

	return cc_beside_name(name ? name + 1 : source, "");
}

static char *default_output(const struct cc_args *args, const char *stem)
{
	bool is_ir = cc_args_find(args, "-emit-llvm");

	return must_print("%s.%s", stem, is_ir ? "bc" : "o");
}

/* opt of the compiler's own version. */
static const char *opt_for(const char *compiler)
{
	const char *version = strrchr(compiler, '-');

	return version && version[1] >= '0' && version[1] <= '9'
		       ? must_print("opt%s", version)
		       : "opt";
}

static int compile_to_ir(const struct cc_beside *beside, const char *to)
{
	const struct cc_args *args = beside->args;
	struct cc_args words;
	int status;

	cc_run_copy_flags(args, &words, true);
	cc_args_add(&words, "-c");
	cc_beside_add_first(beside, &words);
	/* Types are given and taken in text. */
	if (args->rules || args->wrap)
		cc_args_add(&words, "-S");
	cc_args_add(&words, "-o");
	cc_args_add(&words, to);
	cc_args_add(&words, args->words[args->sources[0]]);
	status = cc_run_words(words.words);
	cc_args_fini(&words);
	return status;
}

static int compile_ir(const struct cc_beside *beside, const char *from)
{
	struct cc_args words;
	int status;

	cc_run_copy_flags(beside->args, &words, false);
	cc_args_add(&words, "-c");
	cc_beside_add_last(beside, &words);
	cc_args_add(&words, "-o");
	cc_args_add(&words, beside->output);
	cc_args_add(&words, "-x");
	cc_args_add(&words, "ir");
	cc_args_add(&words, from);
	status = cc_run_words(words.words);
	cc_args_fini(&words);
	return status;
}

/* The compiler's own pass from @raw to @typed; its record to @record. */
static int fix_types(const struct cc_args *args, const char *raw,
		     const char *typed, const char *record)
{
	const char *remarks = cc_args_find(args, "-Rpass=");
	struct cc_args words = { 0 };
	int status;

	cc_args_add(&words, opt_for(args->words[0]));
	/*
	 * Attributes tell the pass which of C's functions allocate. Once is
	 * enough: twins of wrappers allocate too.
	 */
	cc_args_add(&words, "-passes=inferattrs,alloc-token,forceattrs");
	cc_args_add(&words, "-force-remove-attribute=sanitize_alloc_token");
	cc_args_add(&words, args->wrap ? "-alloc-token-extended=1"
				       : "-alloc-token-extended=0");
	if (remarks)
		cc_args_add(&words, must_print("-pass-remarks=%s", remarks));
	if (record)
		cc_args_add(&words,
			    must_print("-pass-remarks-output=%s", record));
	cc_args_add(&words, raw);
	cc_args_add(&words, "-o");
	cc_args_add(&words, typed);
	status = cc_run_words(words.words);
	cc_args_fini(&words);
	return status;
}

bool cc_early_can(const struct cc_args *args)
{
	const char *output = cc_args_value(args, "-o");

	/* There is no writing beside a device, or standard output. */
	if (output && (!strcmp(output, "-") || !strncmp(output, "/dev/", 5)))
		return false;
	for (size_t i = 1; i < args->nr_words; i++) {
		if (!strcmp(args->words[i], "-S"))
			return false;
	}
	return (args->is_early || args->rules) && !args->is_gcc &&
	       args->is_compile && !args->is_link && args->nr_sources == 1 &&
	       args->nr_inputs == 1 && !args->has_fast_abi && !args->is_bare &&
	       !args->is_probe;
}

/* @typed is called like the source: the compiler names files after it. */
static int run_steps(const struct cc_beside *beside, const char *raw,
		     const char *typed)
{
	const struct cc_args *args = beside->args;
	int status = compile_to_ir(beside, raw);

	if (!status && args->rules && cc_rules_apply(args->rules, raw) < 0)
		status = EXIT_REFUSED;
	if (!status && args->wrap && cc_uncarried_apply(args->wrap, raw) < 0)
		status = EXIT_REFUSED;
	if (!status)
		status = fix_types(args, raw, typed,
				   beside->record ? beside->second_record
						  : NULL);
	if (!status)
		status = compile_ir(beside, typed);
	if (!status && cc_beside_join(beside) < 0)
		status = EXIT_REFUSED;
	return status;
}

int cc_early(const struct cc_args *args)
{
	const char *named = cc_args_value(args, "-o");
	char *stem = stem_of(args->words[args->sources[0]]);
	char *output =
		named ? must_print("%s", named) : default_output(args, stem);
	char *path = must_path(output);
	char *folder = must_print("%s" CC_BESIDE_FOLDER, path);
	char *raw = must_print("%s" CC_BESIDE_RAW, path);
	char *typed = must_print("%s/%s.bc", folder, stem);
	struct cc_beside beside;
	int status = EXIT_FAILURE;

	cc_beside_init(&beside, args, output, stem, folder);
	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		warn("%s", folder);
	else
		status = run_steps(&beside, raw, typed);
	cc_beside_fini(&beside);
	folder_remove(folder);
	free(path);
	free(folder);
	free(raw);
	free(typed);
	free(output);
	free(stem);
	return status;
}
