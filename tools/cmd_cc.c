/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typeslab cc and c++: the compiler, with types for the heap.
 *
 * No argp here: all words but a few are the compiler's.
 */
#include "tools/command.h"

#include "tools/audit_build.h"
#include "tools/cc_args.h"
#include "tools/cc_early.h"
#include "tools/cc_run.h"
#include "tools/cc_uncarried.h"
#include "tools/cc_watch.h"
#include "tools/launch.h"
#include "tools/must.h"
#include "tools/supervise.h"
#include "tools/terminal.h"

#include <err.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static const char usage[] =
	"Usage: typeslab cc|c++ [--typeslab-OPTION...] [CLANG'S ARGUMENTS]\n"
	"Compiles and links with types for the heap: CC=\"typeslab cc\".\n"
	"\n"
	"  --typeslab-compiler=PATH  the compiler (default: $TYPESLAB_CC or\n"
	"                            $TYPESLAB_CXX, else clang-22, clang++-22)\n"
	"  --typeslab-early          fix types before functions are inlined\n"
	"  --typeslab-fast           the fast ABI: 16 tokens, none passed\n"
	"  --typeslab-library=PATH   the libtypeslab.so to link with\n"
	"  --typeslab-no-header      no types for posix_memalign, reallocarray\n"
	"  --typeslab-rules=FILE     types where the compiler knows none; early\n"
	"  --typeslab-static         link with libtypeslab.a\n"
	"  --typeslab-wrap=FOLDER    what `typeslab wrap` wrote there\n"
	"\n"
	"All else is the compiler's. It may be GCC 12, for C.\n";

/* The folder of our stdlib.h: in the tree, or where it was installed. */
static const char *find_headers(void)
{
	static const char *const places[] = { "../include/typed",
					      "../include/typeslab/typed" };
	char tool[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", tool, sizeof(tool) - 1);
	const char *folder;
	char *path, *real = NULL;

	if (n <= 0)
		return NULL;
	tool[n] = 0;
	folder = dirname(tool);
	for (size_t i = 0; !real && i < sizeof(places) / sizeof(*places); i++) {
		path = must_print("%s/%s", folder, places[i]);
		real = realpath(path, NULL);
		free(path);
	}
	return real;
}

static const char *compiler_of(const struct cc_args *args, bool is_cxx)
{
	const char *named = getenv(is_cxx ? "TYPESLAB_CXX" : "TYPESLAB_CC");

	if (args->compiler)
		return args->compiler;
	if (named && *named)
		return named;
	return is_cxx ? "clang++-22" : "clang-22";
}

/* "/usr/bin/x86_64-linux-gnu-gcc-12" with @kind "gcc"; not clang++ for g++. */
static bool is_gnu(const char *compiler, const char *kind)
{
	size_t length = strlen(compiler), n = strlen(kind);

	while (length && strchr("0123456789.-", compiler[length - 1]))
		length--;
	if (length < n || strncmp(compiler + length - n, kind, n))
		return false;
	return length == n || strchr("/-", compiler[length - n - 1]);
}

/* What only clang can do. */
static bool is_beyond_gcc(const struct cc_args *args)
{
	if (is_gnu(args->words[0], "g++"))
		warnx("%s: GCC carries types in C only; clang++-22 does in C++",
		      args->words[0]);
	else if (args->is_gcc && (args->has_fast_abi || args->rules))
		warnx("%s: GCC has no fast ABI and no rules", args->words[0]);
	else
		return false;
	return true;
}

/* Where they take no effect, too: they would be missed by nobody. */
static bool has_no_rules(const struct cc_args *args)
{
	if (!args->rules || !access(args->rules, R_OK))
		return false;
	warn("%s", args->rules);
	return true;
}

static int add_flags(struct cc_args *args)
{
	char *plugin;

	if (!args->is_gcc) {
		cc_run_add_flags(args, find_headers());
		return 0;
	}
	plugin = launch_find_plugin();
	if (!plugin)
		return -1;
	cc_run_add_plugin(args, plugin);
	free(plugin);
	return 0;
}

/* A link for another machine than this one, which our library is of. */
static bool is_foreign(const struct cc_args *args)
{
	struct utsname own;
	const char *alias;

	if (!args->target || uname(&own) < 0)
		return false;
	alias = strcmp(own.machine, "aarch64") ? "amd64" : "arm64";
	if (!strncmp(args->target, own.machine, strlen(own.machine)) ||
	    !strncmp(args->target, alias, strlen(alias)))
		return false;
	warnx("%s: libtypeslab is for %s: link with %s itself", args->target,
	      own.machine, args->words[0]);
	return true;
}

/* Adds to the command line: 0 or -1 after a complaint. */
static int add_ours(struct cc_args *args)
{
	char *library;

	if (args->is_bare)
		return 0;
	if (is_beyond_gcc(args) || has_no_rules(args) ||
	    ((args->nr_compiled || args->is_link) && add_flags(args) < 0))
		return -1;
	if (!args->is_link || args->is_relocatable)
		return 0;
	library = is_foreign(args) ? NULL : launch_find_library(args->library);
	if (!library)
		return -1;
	cc_run_add_library(args, library);
	free(library);
	return 0;
}

static int compile(struct cc_args *args)
{
	const char *named = getenv(AUDIT_FOLDER);
	char *folder = named ? must_print("%s", named) : NULL;
	char **words = cc_args_command(args);
	int status;

	if (folder)
		audit_leave(folder);
	if (cc_early_can(args))
		status = cc_early(args);
	else if (folder && args->is_compile &&
		 (args->nr_sources || args->reads_input))
		status = cc_run_words(words);
	else {
		execvp(words[0], words);
		warn("%s", words[0]);
		return EXIT_NOT_FOUND;
	}
	if (!status && folder && args->is_compile && !args->is_probe &&
	    !args->is_gcc)
		cc_watch(args, folder);
	return status;
}

/*
 * The compiler would call twins that there are none of: only in the IR between
 * our steps can that be mended.
 */
static void mind_uncarried(struct cc_args *args)
{
	if (!args->wrap || !cc_uncarried_has(args->wrap))
		return;
	args->is_early = true;
	args->has_no_twins = !cc_early_can(args);
	if (args->has_no_twins && args->is_link && args->nr_sources &&
	    !args->is_gcc && !args->is_probe)
		warnx("%s/" CC_UNCARRIED_FILE ": wrappers' callers keep their "
		      "types only where one source is compiled with -c",
		      args->wrap);
}

static int run(int argc, char **argv, bool is_cxx)
{
	struct cc_args args;
	int status;

	if (argc == 2 &&
	    (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?"))) {
		fputs(usage, stdout);
		return terminal_flush() < 0 ? COMMAND_FAILED : 0;
	}
	if (!cc_args_init(&args, argc, argv))
		return COMMAND_FAILED;
	args.words[0] = (char *)compiler_of(&args, is_cxx);
	args.is_gcc = is_gnu(args.words[0], "gcc");
	mind_uncarried(&args);
	if (!args.is_watch && add_ours(&args) < 0)
		return COMMAND_FAILED;
	status = compile(&args);
	cc_args_fini(&args);
	return status;
}

int command_cc(int argc, char **argv)
{
	return run(argc, argv, false);
}

int command_cxx(int argc, char **argv)
{
	return run(argc, argv, true);
}
