/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call_type: which type a call wants memory for.
 *
 * Owns:       the casts of calls in the function being parsed.
 * Promises:   clang's rules: of the arguments, in their order, the first with
 *             a sizeof that is its value, or a term or factor of it; then a
 *             variable whose initialiser had one; then the nearest cast of the
 *             result. Not what hides in an argument's own calls, in ?: or %.
 * Relies on:  sizeof_log; no garbage collection while a function is parsed.
 */
#ifndef GCC_CALL_TYPE_H
#define GCC_CALL_TYPE_H

#include "gcc/gcc.h"

typedef void call_type_visit(tree *call, tree within);

/* Listens to the parser's conversions: once, when the plugin is loaded. */
void call_type_init(void);

/* Each call of a function. */
void call_type_each(tree function, call_type_visit *visit);

/* NULL_TREE: it cannot be told. */
tree call_type(tree call);

/* Before a function, whose trees may lie where others lay. */
void call_type_clear(void);

#endif /* GCC_CALL_TYPE_H */
