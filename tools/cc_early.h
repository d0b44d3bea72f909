/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_early: types fixed before functions are inlined.
 *
 * Owns:       a folder beside the output, until the compile ends.
 * Promises:   the exit status is that of the first step that failed.
 * Relies on:  cc_run, cc_beside; opt beside the compiler.
 */
#ifndef TOOLS_CC_EARLY_H
#define TOOLS_CC_EARLY_H

#include "tools/cc_args.h"

/* Only the usual compile of one source to an object can be taken apart. */
bool cc_early_can(const struct cc_args *args);

/*
 * Compiles the one source in three steps: to IR, types fixed there by the
 * compiler's own pass, then on from there. The usual order inlines first, and
 * loses types where a new lands under an exception cleanup.
 */
int cc_early(const struct cc_args *args);

#endif /* TOOLS_CC_EARLY_H */
