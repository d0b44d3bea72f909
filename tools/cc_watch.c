/* SPDX-License-Identifier: Apache-2.0 */
/* cc_watch: compiles for who watches; contract in cc_watch.h. */
#include "tools/cc_watch.h"

#include "tools/audit_build.h"
#include "tools/cc_early.h"
#include "tools/cc_option.h"
#include "tools/cc_run.h"
#include "tools/must.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What who watches asks for besides. */
static void add_wanted(struct cc_args *words)
{
	const char *wanted = getenv(AUDIT_FLAGS);
	char *next = must_print("%s", wanted ? wanted : "");
	char *word;

	while ((word = strsep(&next, " "))) {
		if (*word)
			cc_args_add(words, word);
	}
}

/* The first error that the compiler told in @log, or NULL. */
static char *first_error(const char *log)
{
	FILE *from = fopen(log, "re");
	char *line = NULL;
	size_t size = 0;
	bool is_found = false;

	while (from && !is_found && getline(&line, &size, from) > 0)
		is_found = strstr(line, "error: ");
	if (from)
		fclose(from);
	if (is_found)
		return line;
	free(line);
	return NULL;
}

/* In place of IR and remarks: why there are none. */
static void report_failed(const char *source, const char *base, const char *why)
{
	char *path = must_print("%s%s", base, AUDIT_FAILED);
	FILE *to = fopen(path, "we");

	if (to)
		fprintf(to, "%s: %s", source, why);
	if (!to || fclose(to))
		warn("%s", path);
	free(path);
}

/* What @log and IR tell may be half of it. */
static void report_error(const char *source, const char *base, const char *log)
{
	char *why = first_error(log);

	report_failed(source, base, why ? why : "killed\n");
	unlink(log);
	free(why);
}

/* As build systems try out what a compiler can. */
static bool goes_nowhere(const struct cc_args *args)
{
	const char *output = cc_args_value(args, "-o");

	return output && (!strcmp(output, "/dev/null") || !strcmp(output, "-"));
}

/* As text, untouched. */
static int print_bitcode(const struct cc_args *args, const char *from,
			 const char *to, const char *log)
{
	struct cc_args words = { 0 };
	int status;

	cc_args_add(&words, args->words[0]);
	cc_args_add(&words, "-S");
	cc_args_add(&words, "-emit-llvm");
	cc_args_add(&words, "-Xclang");
	cc_args_add(&words, "-disable-llvm-passes");
	cc_args_add(&words, "-o");
	cc_args_add(&words, to);
	cc_args_add(&words, "-x");
	cc_args_add(&words, "ir");
	cc_args_add(&words, from);
	status = cc_run_into(words.words, log);
	cc_args_fini(&words);
	return status;
}

/* Our own command line: the flags are all there, and nothing is added. */
static void add_early_words(const struct cc_args *args, struct cc_args *words)
{
	struct cc_args flags;

	cc_args_add(words, "/proc/self/exe");
	cc_args_add(words, "cc");
	cc_args_add(words, "--typeslab-watch");
	cc_args_add(words, "--typeslab-early");
	cc_args_add(words,
		    must_print("--typeslab-compiler=%s", args->words[0]));
	if (args->rules)
		cc_args_add(words,
			    must_print("--typeslab-rules=%s", args->rules));
	if (args->wrap)
		cc_args_add(words,
			    must_print("--typeslab-wrap=%s", args->wrap));
	cc_run_copy_flags(args, &flags, false);
	for (size_t i = 1; i < flags.nr_words; i++)
		cc_args_add(words, flags.words[i]);
	cc_args_fini(&flags);
}

/*
 * The IR of what the build makes by our three steps. The second remarks on
 * calls before functions are inlined: it has no number to compare with.
 */
static void watch_early(const struct cc_args *args, const char *source,
			const char *base)
{
	char *log = must_print("%s.log", base);
	char *bitcode = must_print("%s.bc", base);
	char *text = must_print("%s.ll", base);
	struct cc_args words = { 0 };

	add_early_words(args, &words);
	cc_args_add(&words, "-fno-lto");
	cc_args_add(&words, "-Qunused-arguments");
	cc_args_add(&words, "-emit-llvm");
	cc_args_add(&words, "-c");
	cc_args_add(&words, "-o");
	cc_args_add(&words, bitcode);
	cc_args_add(&words, source);
	if (cc_run_into(words.words, log) ||
	    print_bitcode(args, bitcode, text, log)) {
		report_error(source, base, log);
		unlink(text);
	}
	unlink(log);
	unlink(bitcode);
	cc_args_fini(&words);
	free(log);
	free(bitcode);
	free(text);
}

static void watch_source(const struct cc_args *args, const char *source,
			 const char *base)
{
	char *log = must_print("%s.log", base);
	struct cc_args words;

	cc_run_copy_flags(args, &words, false);
	cc_args_add(&words, "-fsanitize=alloc-token");
	cc_args_add(&words, "-Rpass=alloc-token");
	cc_args_add(&words, "-fno-lto");
	/* What LTO alone makes possible. */
	cc_args_add(&words, "-fno-sanitize=cfi");
	cc_args_add(&words, "-fno-whole-program-vtables");
	cc_args_add(&words, "-fno-virtual-function-elimination");
	/* A precompiled header has not the first of these flags. */
	cc_args_add(&words, "-Xclang");
	cc_args_add(&words, "-fno-validate-pch");
	if (cc_args_find(args, CC_RECORD_FILE))
		cc_args_add(&words, must_print(CC_RECORD_FILE "%s.yml", base));
	add_wanted(&words);
	cc_args_add(&words, "-Qunused-arguments");
	cc_args_add(&words, "-S");
	cc_args_add(&words, "-emit-llvm");
	cc_args_add(&words, "-o");
	cc_args_add(&words, must_print("%s.ll", base));
	cc_args_add(&words, source);
	if (cc_run_into(words.words, log))
		report_error(source, base, log);
	cc_args_fini(&words);
	free(log);
}

/*
 * What the files of one source are called, for the time of the build. Numbers
 * of processes come again: in a sandbox each compile may be the first.
 */
static char *take_base(const char *folder)
{
	for (unsigned int again = 0;; again++) {
		char *base =
			must_print("%s/%ld-%u", folder, (long)getpid(), again);
		char *taken = must_print("%s.taken", base);
		int fd = open(taken, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			      0600);

		free(taken);
		if (fd >= 0)
			close(fd);
		else if (errno == EEXIST) {
			free(base);
			continue;
		}
		return base;
	}
}

void cc_watch(const struct cc_args *args, const char *folder)
{
	char *base;

	for (size_t i = 0; i < args->nr_sources; i++) {
		base = take_base(folder);
		/* Who asks for other flags asks for other passes. */
		if (cc_early_can(args) && !getenv(AUDIT_FLAGS))
			watch_early(args, args->words[args->sources[i]], base);
		else
			watch_source(args, args->words[args->sources[i]], base);
		free(base);
	}
	if (!args->reads_input || goes_nowhere(args))
		return;
	base = take_base(folder);
	report_failed("standard input", base, "it can be read only once\n");
	free(base);
}
