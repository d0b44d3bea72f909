/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_uncarried: allocators by their declaration that have no typed twin.
 *
 * The compiler's pass would call their twins all the same: of static functions,
 * which no other file can call, and of those that `typeslab wrap` said it
 * cannot carry.
 *
 * Owns:       nothing between calls.
 * Promises:   calls of all other functions keep their types.
 * Relies on:  IR before any pass; what `typeslab wrap` wrote.
 */
#ifndef TOOLS_CC_UNCARRIED_H
#define TOOLS_CC_UNCARRIED_H

#include <stdbool.h>

/* Beside the header and the shim: their names, one a line. */
#define CC_UNCARRIED_FILE "wrap.cannot"

/* Whether @folder of `typeslab wrap` names any. */
bool cc_uncarried_has(const char *folder);

/* Takes their calls' types off the IR in @ir: 0, or -1 after a complaint. */
int cc_uncarried_apply(const char *folder, const char *ir);

#endif /* TOOLS_CC_UNCARRIED_H */
