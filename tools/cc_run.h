/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_run: what a compiler's command line gets from us, and a run of it.
 *
 * Owns:       nothing.
 * Promises:   what is not the compiler's own word comes behind those that are.
 * Relies on:  cc_args.
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

/* The heap's library, at the end of a link or before libc, if it is named. */
void cc_run_add_library(struct cc_args *args, const char *path);

/*
 * Runs it and waits: the exit status. Who is told to end tells the compiler,
 * and may still remove what it has made.
 */
int cc_run_words(char **words);

/* Runs it, too; @log: where its standard error goes, or NULL. */
int cc_run_into(char **words, const char *log);

/* All words but inputs and what is about output; files beside it if wanted. */
void cc_run_copy_flags(const struct cc_args *from, struct cc_args *to,
		       bool has_files);

#endif /* TOOLS_CC_RUN_H */
