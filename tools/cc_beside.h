/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_beside: what a compile writes beside its object, where it has three steps.
 *
 * Owns:       its strings; files in the folder of steps are cc_early's.
 * Promises:   dependencies, coverage notes, optimization record, time trace,
 *             compilation database and saved temporaries are called what they
 *             are called without us, and tell of the whole compile.
 * Relies on:  cc_early: the first step makes IR of a source, the last an object
 *             of IR in a file of the source's name. Of options that say the
 *             same the compiler takes the last.
 */
#ifndef TOOLS_CC_BESIDE_H
#define TOOLS_CC_BESIDE_H

#include "tools/cc_args.h"

/* Behind the object's name: the folder of steps, the IR of the first. */
#define CC_BESIDE_FOLDER ".early"
#define CC_BESIDE_RAW	 CC_BESIDE_FOLDER "/raw"

struct cc_beside {
	const struct cc_args *args;
	const char *output; /* the object */
	const char *stem;   /* of the source's name */
	const char *folder; /* of steps */
	char *record;	    /* where it is wanted; NULL: nowhere */
	char *trace;	    /* the same */
	const char *database;

	/* Of the second step, and of the first, in the folder. */
	char *second_record;
	char *first_trace;
	char *first_database;
};

void cc_beside_init(struct cc_beside *beside, const struct cc_args *args,
		    const char *output, const char *stem, const char *folder);

/* To the end of a step's words. */
void cc_beside_add_first(const struct cc_beside *beside, struct cc_args *words);
void cc_beside_add_last(const struct cc_beside *beside, struct cc_args *words);

/* Once all steps are done: 0, or -1 after a complaint. */
int cc_beside_join(const struct cc_beside *beside);

void cc_beside_fini(struct cc_beside *beside);

/* @path with @suffix for its own. */
char *cc_beside_name(const char *path, const char *suffix);

#endif /* TOOLS_CC_BESIDE_H */
