/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_run: the compiler's runs that one command line of `typeslab cc` takes.
 *
 * Owns:       temporary files, until the run ends.
 * Promises:   the exit status is that of the compile asked for, or of the
 *             first step of it that failed. What is only watched changes
 *             nothing about it.
 * Relies on:  cc_args; the compiler, and opt beside it for early types.
 */
#ifndef TOOLS_CC_RUN_H
#define TOOLS_CC_RUN_H

#include "tools/cc_args.h"

/*
 * The flags that give types; before any of the runs below. @headers: the
 * folder of our stdlib.h, or NULL.
 */
void cc_run_add_flags(struct cc_args *args, const char *headers);

/* The same for GCC: our plugin. */
void cc_run_add_plugin(struct cc_args *args, const char *path);

/* The heap's library, at the end of a link. */
void cc_run_add_library(struct cc_args *args, const char *path);

/* Runs it and waits: the exit status. */
int cc_run_words(char **words);

/*
 * Compiles the one source in three steps: to IR, types fixed there by the
 * compiler's own pass, then on from there. The usual order inlines first, and
 * loses types where a new lands under an exception cleanup.
 */
int cc_run_early(const struct cc_args *args);

/* One more compile for each source, into @folder: its IR and its remarks. */
void cc_run_watched(const struct cc_args *args, const char *folder);

#endif /* TOOLS_CC_RUN_H */
