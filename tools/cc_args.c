/* SPDX-License-Identifier: Apache-2.0 */
/* cc_args: a compiler's command line; contract in cc_args.h. */
#include "tools/cc_args.h"

#include "tools/cc_input.h"
#include "tools/cc_option.h"
#include "tools/must.h"

#include <err.h>
#include <libiberty/libiberty.h>
#include <stdlib.h>
#include <string.h>

#define OURS "--typeslab-"

#define NR_OF(array) (sizeof(array) / sizeof(*(array)))

static bool is_among(const char *word, const char *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(word, list[i]))
			return true;
	}
	return false;
}

static bool has_prefix(const char *word, const char *prefix)
{
	return !strncmp(word, prefix, strlen(prefix));
}

void cc_args_add(struct cc_args *args, const char *word)
{
	/* One place is kept for the NULL behind the last. */
	args->words = must_room(args->words, args->nr_words + 1,
				&args->capacity, sizeof(char *));
	args->words[args->nr_words++] = (char *)word;
	args->words[args->nr_words] = NULL;
}

void cc_args_move(struct cc_args *args, size_t from, size_t to)
{
	size_t nr = args->nr_words - from;
	char **moved = must_alloc(nr + 1, sizeof(*moved));

	memcpy(moved, args->words + from, nr * sizeof(*moved));
	memmove(args->words + to + nr, args->words + to,
		(from - to) * sizeof(*moved));
	memcpy(args->words + to, moved, nr * sizeof(*moved));
	for (size_t i = 0; i < args->nr_sources; i++)
		args->sources[i] += args->sources[i] >= to ? nr : 0;
	free(moved);
	args->is_rearranged = true;
}

/* A value after "=", or NULL: not this option. */
static const char *value_of(const char *word, const char *option)
{
	return has_prefix(word, option) ? word + strlen(option) : NULL;
}

/* An option of ours; false: there is none of that name. */
static bool take_ours(struct cc_args *args, const char *word)
{
	const char *option = word + strlen(OURS);

	if (!strcmp(option, "fast"))
		args->has_fast_abi = true;
	else if (!strcmp(option, "static"))
		args->wants_static = true;
	else if (!strcmp(option, "early"))
		args->is_early = true;
	else if (!strcmp(option, "watch"))
		args->is_watch = true;
	else if (!strcmp(option, "no-header"))
		args->has_no_header = true;
	else if (value_of(option, "compiler="))
		args->compiler = value_of(option, "compiler=");
	else if (value_of(option, "library="))
		args->library = value_of(option, "library=");
	else if (value_of(option, "wrap="))
		args->wrap = must_path(value_of(option, "wrap="));
	else if (value_of(option, "rules="))
		args->rules = value_of(option, "rules=");
	else
		return false;
	return true;
}

/* What configure scripts compile to see whether it compiles. */
static bool is_probe(const char *word)
{
	const char *name = strrchr(word, '/');

	name = name ? name + 1 : word;
	return has_prefix(name, "conftest.") || strstr(word, "CMakeScratch") ||
	       strstr(word, "CMakeTmp") || strstr(word, "meson-private") ||
	       has_prefix(word, "-DCHECK_FUNCTION_EXISTS");
}

static void take_input(struct cc_args *args, const char *word)
{
	enum cc_input kind = cc_input_of(word, args->language);

	args->nr_inputs++;
	args->nr_compiled += kind != INPUT_LINKED && kind != INPUT_ASSEMBLER;
	args->nr_texts += kind == INPUT_SOURCE || kind == INPUT_HEADER;
	if (kind == INPUT_HEADER)
		args->is_header = true;
	if (kind != INPUT_SOURCE && kind != INPUT_PREPROCESSED)
		return;
	if (!strcmp(word, "-")) {
		args->reads_input = true;
		return;
	}
	args->sources =
		must_room(args->sources, args->nr_sources,
			  &args->sources_capacity, sizeof(*args->sources));
	args->sources[args->nr_sources++] = args->nr_words;
	args->has_named_source |= cc_input_of(word, NULL) == INPUT_SOURCE;
}

/* The sanitizers with a heap of their own in "undefined,thread": a bit each. */
static unsigned int allocators_in(const char *list)
{
	static const char *const owners[] = {
		"address",	  "hwaddress",	   "leak",
		"memory",	  "scudo",	   "thread",
		"type",		  "numerical",	   "dataflow",
		"kernel-address", "kernel-memory", "kernel-hwaddress",
	};
	char *names = must_print("%s", list);
	char *next = names, *name;
	unsigned int bits = 0;

	while ((name = strsep(&next, ","))) {
		for (size_t i = 0; i < NR_OF(owners); i++) {
			if (!strcmp(name, owners[i]) || !strcmp(name, "all"))
				bits |= 1u << i;
		}
	}
	free(names);
	return bits;
}

/* "-lc", "-l:libc.so.6", "/lib/libc.so.6" */
static bool is_libc(const char *word)
{
	const char *name = strrchr(word, '/');

	name = name ? name + 1 : word;
	if (has_prefix(word, "-l:"))
		name = word + 3;
	else if (*word == '-')
		name = "";
	return !strcmp(word, "-lc") || has_prefix(name, "libc.so") ||
	       !strcmp(name, "libc.a");
}

/* The same, or one of the linker's words of "-Wl,-lcrypto,-lc". */
static bool has_libc(const char *word)
{
	const char *list = value_of(word, "-Wl,");
	char *names, *next, *name;
	bool has = false;

	if (!list)
		return is_libc(word);
	next = names = must_print("%s", list);
	while (!has && (name = strsep(&next, ",")))
		has = is_libc(name);
	free(names);
	return has;
}

/* Who allocates, with whose libraries, on which machine. */
static void take_runtime(struct cc_args *args, const char *word)
{
	static const char *const no_libraries[] = { "-nostdlib",
						    "-nodefaultlibs",
						    "-nolibc" };
	const char *on = value_of(word, "-fsanitize=");
	const char *off = value_of(word, "-fno-sanitize=");

	if (value_of(word, "--target="))
		args->target = value_of(word, "--target=");
	if (!strcmp(word, "-m32") || !strcmp(word, "-mx32"))
		args->target = word;
	if (!strcmp(word, "-ffreestanding"))
		args->is_freestanding = true;
	if (is_among(word, no_libraries, NR_OF(no_libraries)))
		args->has_no_libraries = true;
	if (on)
		args->sanitizers |= allocators_in(on);
	if (off)
		args->sanitizers &= ~allocators_in(off);
	if (!strcmp(word, "-fmemory-profile") ||
	    has_prefix(word, "-fmemory-profile="))
		args->profiles_memory = true;
	if (!strcmp(word, "-fno-memory-profile"))
		args->profiles_memory = false;
}

static void take_option(struct cc_args *args, const char *word)
{
	static const char *const no_link[] = {
		"-c", "-S", "--version", "-dumpversion", "-dumpmachine",
	};
	static const char *const no_code[] = {
		"-E",		"-M",	     "-MM",	  "-fsyntax-only",
		"--precompile", "--analyze", "-emit-ast", "-###",
	};

	if (is_among(word, no_link, NR_OF(no_link)) ||
	    has_prefix(word, "-print-") || has_prefix(word, "--print-"))
		args->is_link = false;
	if (is_among(word, no_code, NR_OF(no_code))) {
		args->is_link = false;
		args->is_compile = false;
	}
	if (value_of(word, "-x"))
		args->language = value_of(word, "-x");
	if (!strcmp(word, "-shared"))
		args->is_shared = true;
	if (!strcmp(word, "-static") || !strcmp(word, "-static-pie"))
		args->is_static = true;
	if (!strcmp(word, "-r"))
		args->is_relocatable = true;
	if (has_prefix(word, "-flto"))
		args->has_lto = true;
	if (!strcmp(word, "-fno-lto"))
		args->has_lto = false;
}

static void take_value(struct cc_args *args, const char *option,
		       const char *value)
{
	if (!strcmp(option, "-x"))
		args->language = value;
	if (!strcmp(option, "-target") || !strcmp(option, "--target"))
		args->target = value;
	if (!strcmp(option, "-Xclang") && !strcmp(value, "-emit-pch"))
		args->is_header = true;
	if (!args->libc_at &&
	    ((!strcmp(option, "-l") && is_libc(must_print("-l%s", value))) ||
	     (!strcmp(option, "-Xlinker") && is_libc(value))))
		args->libc_at = args->nr_words - 1;
}

/* What follows "--": inputs, though their names may begin with "-". */
static void take_inputs(struct cc_args *args, char **names)
{
	for (; *names; names++) {
		const char *name = must_path(*names);

		take_input(args, name);
		cc_args_add(args, name);
	}
}

/* The usual spelling of a long one: "-oFILE" of "--output=FILE". */
static char *shortened(char *word)
{
	static const char *const names[][2] = {
		{ "--compile", "-c" },
		{ "--assemble", "-S" },
		{ "--preprocess", "-E" },
		{ "--output", "-o" },
		{ "--language", "-x" },
		{ "--shared", "-shared" },
		{ "--static", "-static" },
		{ "--dependencies", "-M" },
		{ "--user-dependencies", "-MM" },
		{ "--write-dependencies", "-MD" },
		{ "--write-user-dependencies", "-MMD" },
	};

	for (size_t i = 0; i < NR_OF(names); i++) {
		const char *rest = value_of(word, names[i][0]);

		if (rest && !*rest)
			return (char *)names[i][1];
		if (rest && *rest == '=')
			return must_print("%s%s", names[i][1], rest + 1);
	}
	return word;
}

static void take_word(struct cc_args *args, const char *word)
{
	if (is_probe(word))
		args->is_probe = true;
	if (word[0] != '-' || !word[1])
		take_input(args, word);
	else {
		take_option(args, word);
		take_runtime(args, word);
	}
	if (!args->libc_at && has_libc(word))
		args->libc_at = args->nr_words;
	cc_args_add(args, word);
}

/* False after a complaint. */
static bool take_words(struct cc_args *args, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *word = shortened(argv[i]);

		if (!strcmp(word, "--")) {
			args->is_rearranged = true;
			take_inputs(args, argv + i + 1);
			break;
		}
		if (has_prefix(word, OURS)) {
			if (take_ours(args, word))
				continue;
			warnx("no such option: %s", word);
			return false;
		}
		take_word(args, word);
		if (!cc_option_has_value(word))
			continue;
		if (++i < argc) {
			take_value(args, word, argv[i]);
			cc_args_add(args, argv[i]);
		} else {
			args->lacks_value = true;
		}
	}
	return true;
}

static int count_ours(int argc, char **argv)
{
	int nr = 0;

	for (int i = 1; i < argc; i++)
		nr += has_prefix(argv[i], OURS);
	return nr;
}

bool cc_args_init(struct cc_args *args, int argc, char **argv)
{
	int nr_given = argc;
	char **given = argv;

	*args = (struct cc_args){ .is_link = true, .is_compile = true };
	cc_args_add(args, "");
	/* What "@file" stands for; @argv is another one then. */
	expandargv(&argc, &argv);
	if (!take_words(args, argc, argv))
		return false;
	if (argv != given) {
		args->given = given;
		args->nr_given = nr_given;
		args->is_rearranged |=
			count_ours(argc, argv) != count_ours(nr_given, given);
	}
	args->nr_read = args->nr_words;
	if (!args->nr_inputs || args->is_header)
		args->is_link = false;
	if (args->is_header)
		args->is_compile = false;
	/* libtool names the C library itself. */
	args->is_bare = args->is_freestanding || args->sanitizers ||
			args->profiles_memory || args->lacks_value ||
			(args->has_no_libraries && !args->libc_at);
	return true;
}

const char *cc_args_find(const struct cc_args *args, const char *option)
{
	for (size_t i = args->nr_words; i-- > 1;) {
		if (has_prefix(args->words[i], option))
			return args->words[i] + strlen(option);
	}
	return NULL;
}

const char *cc_args_value(const struct cc_args *args, const char *option)
{
	const char *value = NULL;

	for (size_t i = 1; i < args->nr_words; i++) {
		const char *rest = value_of(args->words[i], option);

		if (rest)
			value = *rest ? rest : args->words[i + 1];
		i += cc_option_has_value(args->words[i]);
	}
	return value;
}

char **cc_args_command(const struct cc_args *args)
{
	struct cc_args all = { 0 };

	if (!args->given || args->is_rearranged)
		return args->words;
	cc_args_add(&all, args->words[0]);
	for (size_t i = 1; i < args->nr_given; i++) {
		if (!has_prefix(args->given[i], OURS))
			cc_args_add(&all, args->given[i]);
	}
	for (size_t i = args->nr_read; i < args->nr_words; i++)
		cc_args_add(&all, args->words[i]);
	return all.words;
}

void cc_args_fini(struct cc_args *args)
{
	free(args->words);
	free(args->sources);
}
