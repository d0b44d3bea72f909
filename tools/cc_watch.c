/* SPDX-License-Identifier: Apache-2.0 */
/* cc_watch: compiles for who watches; contract in cc_watch.h. */
#include "tools/cc_watch.h"

#include "tools/audit_build.h"
#include "tools/cc_run.h"
#include "tools/must.h"

#include <err.h>
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

void cc_watch(const struct cc_args *args, const char *folder)
{
	for (size_t i = 0; i < args->nr_sources; i++) {
		char *base =
			must_print("%s/%ld-%zu", folder, (long)getpid(), i);
		char *log = must_print("%s.log", base);
		struct cc_args words;

		cc_run_copy_flags(args, &words, false);
		cc_args_add(&words, "-fsanitize=alloc-token");
		cc_args_add(&words, "-Rpass=alloc-token");
		cc_args_add(&words, "-fno-lto");
		/* A precompiled header has not the first of these flags. */
		cc_args_add(&words, "-Xclang");
		cc_args_add(&words, "-fno-validate-pch");
		add_wanted(&words);
		cc_args_add(&words, "-Qunused-arguments");
		cc_args_add(&words, "-S");
		cc_args_add(&words, "-emit-llvm");
		cc_args_add(&words, "-o");
		cc_args_add(&words, must_print("%s.ll", base));
		cc_args_add(&words, args->words[args->sources[i]]);
		if (cc_run_into(words.words, log))
			warnx("%s: cannot be compiled to IR; see there",
			      args->words[args->sources[i]]);
		cc_args_fini(&words);
		free(log);
		free(base);
	}
}
