/* SPDX-License-Identifier: Apache-2.0 */
/* cc_early: a compile in three steps; contract in cc_early.h. */
#include "tools/cc_early.h"

#include "tools/cc_option.h"
#include "tools/cc_rules.h"
#include "tools/cc_run.h"
#include "tools/must.h"
#include "tools/source.h"
#include "tools/text.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_REFUSED 2

/* The word that names the output, or NULL. */
static const char *output_of(const struct cc_args *args)
{
	const char *output = NULL;

	for (size_t i = 1; i < args->nr_words; i++) {
		const char *word = args->words[i];

		if (!strcmp(word, "-o") && i + 1 < args->nr_words)
			output = args->words[i + 1];
		else if (!strncmp(word, "-o", 2) && word[2])
			output = word + 2;
		if (cc_option_has_value(word))
			i++;
	}
	return output;
}

/* @path with @suffix for its own. */
static char *with_suffix(const char *path, const char *suffix)
{
	const char *name = strrchr(path, '/');
	const char *old = strrchr(name ? name : path, '.');
	int length = old ? (int)(old - path) : (int)strlen(path);

	return must_print("%.*s%s", length, path, suffix);
}

/* NAME.o of a source, as the compiler names it where nobody did. */
static char *default_output(const char *source)
{
	const char *name = strrchr(source, '/');

	return with_suffix(name ? name + 1 : source, ".o");
}

/* The dependencies of -MD are named after the output: say which it is. */
static void name_dependencies(const struct cc_args *args, struct cc_args *words,
			      const char *output)
{
	bool is_asked = false, has_file = false, has_target = false;

	for (size_t i = 1; i < args->nr_words; i++) {
		const char *word = args->words[i];

		is_asked |= !strcmp(word, "-MD") || !strcmp(word, "-MMD");
		/* What the kernel's makefiles say. */
		is_asked |= !strncmp(word, "-Wp,-MD,", 8) ||
			    !strncmp(word, "-Wp,-MMD,", 9);
		has_file |=
			!strncmp(word, "-MF", 3) || !strncmp(word, "-Wp,", 4);
		has_target |=
			!strncmp(word, "-MT", 3) || !strncmp(word, "-MQ", 3);
	}
	if (is_asked && !has_file) {
		cc_args_add(words, "-MF");
		cc_args_add(words, with_suffix(output, ".d"));
	}
	if (is_asked && !has_target) {
		cc_args_add(words, "-MQ");
		cc_args_add(words, output);
	}
}

/* So are the files of a coverage run, which is told their full names. */
static void name_coverage(const struct cc_args *args, struct cc_args *words,
			  const char *output)
{
	bool has_both = cc_args_find(args, "--coverage") ||
			cc_args_find(args, "-coverage");
	char *folder = *output == '/' ? NULL : getcwd(NULL, 0);
	char *path = must_print("%s%s%s", folder ? folder : "",
				folder ? "/" : "", output);

	if (has_both || cc_args_find(args, "-ftest-coverage")) {
		cc_args_add(words, "-Xclang");
		cc_args_add(words, must_print("-coverage-notes-file=%s",
					      with_suffix(path, ".gcno")));
	}
	if (has_both || cc_args_find(args, "-fprofile-arcs")) {
		cc_args_add(words, "-Xclang");
		cc_args_add(words, must_print("-coverage-data-file=%s",
					      with_suffix(path, ".gcda")));
	}
	free(path);
	free(folder);
}

/* opt of the compiler's own version. */
static const char *opt_for(const char *compiler)
{
	const char *version = strrchr(compiler, '-');

	return version && version[1] >= '0' && version[1] <= '9'
		       ? must_print("opt%s", version)
		       : "opt";
}

static int compile_to_ir(const struct cc_args *args, const char *output,
			 const char *to)
{
	struct cc_args words;
	int status;

	cc_run_copy_flags(args, &words, true);
	name_dependencies(args, &words, output);
	name_coverage(args, &words, output);
	/* Rules are applied to text. */
	cc_args_add(&words, args->rules ? "-S" : "-c");
	cc_args_add(&words, "-emit-llvm");
	cc_args_add(&words, "-Xclang");
	cc_args_add(&words, "-disable-llvm-passes");
	cc_args_add(&words, "-Qunused-arguments");
	/* It has nothing to record yet, and would name it after @to. */
	if (cc_args_find(args, CC_RECORD) || cc_args_find(args, CC_RECORD_FILE))
		cc_args_add(&words, CC_RECORD_FILE "/dev/null");
	cc_args_add(&words, "-o");
	cc_args_add(&words, to);
	cc_args_add(&words, args->words[args->sources[0]]);
	status = cc_run_words(words.words);
	cc_args_fini(&words);
	return status;
}

static int compile_ir(const struct cc_args *args, const char *from,
		      const char *output)
{
	struct cc_args words;
	int status;

	cc_run_copy_flags(args, &words, false);
	cc_args_add(&words, "-Qunused-arguments");
	cc_args_add(&words, "-c");
	cc_args_add(&words, "-o");
	cc_args_add(&words, output);
	cc_args_add(&words, "-x");
	cc_args_add(&words, "ir");
	cc_args_add(&words, from);
	status = cc_run_words(words.words);
	cc_args_fini(&words);
	return status;
}

/* Where the compiler writes its optimization record; NULL: nowhere. */
static char *record_of(const struct cc_args *args, const char *output)
{
	const char *named = cc_args_find(args, CC_RECORD_FILE);
	const char *format = cc_args_find(args, CC_RECORD);

	if (named)
		return must_print("%s", named);
	if (!format || (*format && strcmp(format, "=yaml")))
		return NULL;
	return with_suffix(output, ".opt.yaml");
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

/* What the pass recorded goes behind what the last step did. */
static int join_records(const char *from, const char *to)
{
	struct text text;
	FILE *stream;
	int status = 0;

	if (source_read_file(from, &text) < 0)
		return EXIT_REFUSED;
	stream = fopen(to, "ae");
	if (stream)
		fwrite(text.bytes, 1, text.length, stream);
	if (!stream || fclose(stream)) {
		warn("%s", to);
		status = EXIT_REFUSED;
	}
	text_fini(&text);
	return status;
}

bool cc_early_can(const struct cc_args *args)
{
	const char *output = output_of(args);

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

int cc_early(const struct cc_args *args)
{
	const char *named = output_of(args);
	char *output = named ? must_print("%s", named)
			     : default_output(args->words[args->sources[0]]);
	char *raw = must_print("%s.early.bc", output);
	char *typed = must_print("%s.typed.bc", output);
	char *record = record_of(args, output);
	char *own = record ? must_print("%s.early.yaml", output) : NULL;
	int status = compile_to_ir(args, output, raw);

	if (!status && args->rules && cc_rules_apply(args->rules, raw) < 0)
		status = EXIT_REFUSED;
	if (!status)
		status = fix_types(args, raw, typed, own);
	if (!status)
		status = compile_ir(args, typed, output);
	if (!status && record)
		status = join_records(own, record);
	unlink(raw);
	unlink(typed);
	if (own)
		unlink(own);
	free(own);
	free(record);
	free(raw);
	free(typed);
	free(output);
	return status;
}
