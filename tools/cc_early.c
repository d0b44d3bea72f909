/* SPDX-License-Identifier: Apache-2.0 */
/* cc_early: a compile in three steps; contract in cc_early.h. */
#include "tools/cc_early.h"

#include "tools/cc_rules.h"
#include "tools/cc_run.h"
#include "tools/must.h"

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
		if (cc_args_has_value(word))
			i++;
	}
	return output;
}

/* NAME.o of a source, as the compiler names it where nobody did. */
static char *default_output(const char *source)
{
	const char *name = strrchr(source, '/');
	const char *suffix;

	name = name ? name + 1 : source;
	suffix = strrchr(name, '.');
	return must_print("%.*s.o",
			  suffix ? (int)(suffix - name) : (int)strlen(name),
			  name);
}

/* The dependencies of -MD are named after the output: say which it is. */
static void name_dependencies(const struct cc_args *args, struct cc_args *words,
			      const char *output)
{
	bool is_asked = false, has_file = false, has_target = false;
	const char *suffix = strrchr(output, '.');

	for (size_t i = 1; i < args->nr_words; i++) {
		const char *word = args->words[i];

		is_asked |= !strcmp(word, "-MD") || !strcmp(word, "-MMD");
		has_file |= !strncmp(word, "-MF", 3);
		has_target |=
			!strncmp(word, "-MT", 3) || !strncmp(word, "-MQ", 3);
	}
	if (is_asked && !has_file) {
		cc_args_add(words, "-MF");
		cc_args_add(words, must_print("%.*s.d",
					      suffix ? (int)(suffix - output)
						     : (int)strlen(output),
					      output));
	}
	if (is_asked && !has_target) {
		cc_args_add(words, "-MQ");
		cc_args_add(words, output);
	}
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
	/* Rules are applied to text. */
	cc_args_add(&words, args->rules ? "-S" : "-c");
	cc_args_add(&words, "-emit-llvm");
	cc_args_add(&words, "-Xclang");
	cc_args_add(&words, "-disable-llvm-passes");
	cc_args_add(&words, "-Qunused-arguments");
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
	if (args->has_lto)
		cc_args_add(&words, "-flto");
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

int cc_early(const struct cc_args *args)
{
	const char *named = output_of(args);
	char *output = named ? must_print("%s", named)
			     : default_output(args->words[args->sources[0]]);
	char *raw = must_print("%s.early.bc", output);
	char *typed = must_print("%s.typed.bc", output);
	char *words[] = { (char *)opt_for(args->words[0]),
			  /*
			   * Attributes tell the pass which of C's functions
			   * allocate. Once is enough: twins of wrappers
			   * allocate too.
			   */
			  (char *)"-passes=inferattrs,alloc-token,forceattrs",
			  (char *)"-force-remove-attribute="
				  "sanitize_alloc_token",
			  (char *)(args->wrap ? "-alloc-token-extended=1"
					      : "-alloc-token-extended=0"),
			  raw, (char *)"-o", typed, NULL };
	int status = compile_to_ir(args, output, raw);

	if (!status && args->rules && cc_rules_apply(args->rules, raw) < 0)
		status = EXIT_REFUSED;
	if (!status)
		status = cc_run_words(words);
	if (!status)
		status = compile_ir(args, typed, output);
	unlink(raw);
	unlink(typed);
	free(raw);
	free(typed);
	free(output);
	return status;
}
