/* SPDX-License-Identifier: Apache-2.0 */
/* cc_run: runs of the compiler; contract in cc_run.h. */
#include "tools/cc_run.h"

#include "tools/cc_option.h"
#include "tools/must.h"
#include "tools/supervise.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the library's fast ABI takes for "no type": its default token_max. */
#define FAST_MAX      "16"
#define FAST_FALLBACK "-alloc-token-fallback=" FAST_MAX

#define EXIT_NOT_RUN 127

/* Not into what is preprocessed for another use than C: "-E -x c list.in". */
static void add_wrap_header(struct cc_args *args)
{
	if (!args->wrap || args->is_probe || !args->nr_texts ||
	    (!args->is_compile && !args->has_named_source))
		return;
	cc_args_add(args, "-include");
	cc_args_add(args, must_print("%s/wrap.h", args->wrap));
}

static void add_compile_flags(struct cc_args *args, const char *headers)
{
	cc_args_add(args, "-fsanitize=alloc-token");
	if (args->has_fast_abi) {
		cc_args_add(args, "-fsanitize-alloc-token-fast-abi");
		cc_args_add(args, "-falloc-token-max=" FAST_MAX);
		cc_args_add(args, "-mllvm");
		cc_args_add(args, FAST_FALLBACK);
	}
	if (args->nr_texts && headers && !args->has_no_header &&
	    !args->is_probe && !args->has_fast_abi) {
		cc_args_add(args, "-isystem");
		cc_args_add(args, headers);
	}
	if (args->wrap && !args->is_probe && !args->has_no_twins)
		cc_args_add(args, "-fsanitize-alloc-token-extended");
	add_wrap_header(args);
}

void cc_run_add_flags(struct cc_args *args, const char *headers)
{
	if (args->nr_compiled)
		add_compile_flags(args, headers);
	/* The linker compiles too then, and does not see -mllvm. */
	if (args->has_fast_abi && args->has_lto && args->is_link)
		cc_args_add(args, "-Wl,-mllvm," FAST_FALLBACK);
}

void cc_run_add_plugin(struct cc_args *args, const char *path)
{
	cc_args_add(args, must_print("-fplugin=%s", path));
	add_wrap_header(args);
}

static bool is_system_folder(const char *folder)
{
	return !strncmp(folder, "/lib/", 5) || !strncmp(folder, "/usr/lib", 8);
}

/* As a word of the linker's: "-x c" would make a source of it. */
static void add_linked(struct cc_args *args, const char *word)
{
	cc_args_add(args, "-Xlinker");
	cc_args_add(args, word);
}

/* What the fast ABI calls lies beside the library, under the same ending. */
static void add_fast_library(struct cc_args *args, const char *folder,
			     const char *path)
{
	const char *ending = strrchr(path, '/');

	ending = strstr(ending ? ending : path, ".so");
	add_linked(args, must_print("%s/libtypeslab-fast%s", folder,
				    ending ? ending : ".so"));
}

/* "libx.a", "-lx"; not "-l", whose value comes next. */
static bool is_archive(const char *word)
{
	size_t n = strlen(word);

	return (!strncmp(word, "-l", 2) && word[2]) ||
	       (word[0] != '-' && n > 2 && !strcmp(word + n - 2, ".a"));
}

/*
 * A twin is taken where it is called, and takes its wrapper, which may lie in
 * one of the program's archives: they are looked through once more. An LTO
 * link learns too late what is called, and takes all twins; weak ones, as the
 * program may lack some of the wrappers.
 */
static void add_wrap(struct cc_args *args)
{
	size_t nr = args->nr_words;

	/* After "-x c" they would be read as sources. */
	cc_args_add(args, "-x");
	cc_args_add(args, "none");
	cc_args_add(args, "-Wl,--start-group");
	cc_args_add(args, must_print("%s/wrap.a", args->wrap));
	for (size_t i = 1; i < nr; i++) {
		const char *word = args->words[i];

		if (!strcmp(word, "-l") && i + 1 < nr)
			cc_args_add(args, must_print("-l%s", args->words[++i]));
		else if (is_archive(word))
			cc_args_add(args, word);
		else
			i += cc_option_has_value(word);
	}
	cc_args_add(args, "-Wl,--end-group");
	if (args->has_lto)
		cc_args_add(args, must_print("%s/wrap.o", args->wrap));
}

/* A program may call its libraries alone, which allocate for it. */
static void add_shared(struct cc_args *args, const char *folder,
		       const char *path)
{
	if (!args->is_shared)
		cc_args_add(args, "-Wl,--push-state,--no-as-needed");
	if (args->has_fast_abi)
		add_fast_library(args, folder, path);
	add_linked(args, must_print("%s", path));
	if (!args->is_shared)
		cc_args_add(args, "-Wl,--pop-state");
	if (!is_system_folder(folder)) {
		/* "-Wl,-rpath,%s" would part it at a comma. */
		add_linked(args, "-rpath");
		add_linked(args, must_print("%s", folder));
	}
}

void cc_run_add_library(struct cc_args *args, const char *path)
{
	bool has_archive = args->is_static || args->wants_static;
	char *copy = must_print("%s", path);
	const char *folder = dirname(copy);
	size_t nr;

	if (args->wrap && !args->is_probe)
		add_wrap(args);
	nr = args->nr_words;
	if (has_archive)
		add_linked(args, must_print("%s/libtypeslab.a", folder));
	else
		add_shared(args, folder, path);
	/*
	 * Whose malloc it is, the first library that has one says; but the
	 * program itself comes before any.
	 */
	if (args->libc_at &&
	    (args->has_no_libraries || args->is_static || !has_archive))
		cc_args_move(args, nr, args->libc_at);
	free(copy);
}

/* As the shell tells it. */
static int status_of(int wait_status)
{
	return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status)
				      : 128 + WTERMSIG(wait_status);
}

int cc_run_into(char **words, const char *log)
{
	pid_t child = fork();
	int status, fd;

	if (!child) {
		fd = log ? open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
		if (fd >= 0)
			dup2(fd, STDERR_FILENO);
		execvp(words[0], words);
		warn("%s", words[0]);
		_exit(EXIT_NOT_RUN);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			child = -1;
	}
	if (child < 0) {
		warn("%s", words[0]);
		return EXIT_NOT_RUN;
	}
	return status_of(status);
}

int cc_run_words(char **words)
{
	struct supervised child;
	int error = supervise_start(&child, words);
	int status;

	if (error) {
		errno = error;
		warn("%s", words[0]);
		return EXIT_NOT_RUN;
	}
	status = supervise_wait(&child);
	sigprocmask(SIG_SETMASK, &child.mask, NULL);
	return status_of(status);
}

void cc_run_copy_flags(const struct cc_args *from, struct cc_args *to,
		       bool has_files)
{
	*to = (struct cc_args){ 0 };
	cc_args_add(to, from->words[0]);
	for (size_t i = 1; i < from->nr_words; i++) {
		const char *word = from->words[i];
		bool has_value = cc_option_has_value(word);
		bool is_left_out = cc_option_is_output(word) ||
				   (!has_files && cc_option_is_beside(word)) ||
				   (word[0] != '-' || !word[1]);

		if (!is_left_out)
			cc_args_add(to, word);
		if (has_value && i + 1 < from->nr_words) {
			i++;
			if (!is_left_out)
				cc_args_add(to, from->words[i]);
		}
	}
}
