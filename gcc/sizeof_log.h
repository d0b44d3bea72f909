/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sizeof_log: where the function being parsed says sizeof, and of what.
 *
 * GCC folds sizeof to a number while it parses, and tells no plugin. But it
 * asks the target whether a unary plus of a type is valid, and keeps what the
 * last sizeof was about: with sizeof a macro for "+sizeof", which means the
 * same, the question comes right after each sizeof. What was preprocessed
 * without the plugin has no such plus, and nothing is heard of it.
 *
 * Owns:       the list of places, and of variables that a sizeof initialised.
 * Promises:   the type of the first sizeof between two places, in the order in
 *             which the parser met them, also within a macro's expansion.
 * Relies on:  no garbage collection while a function is parsed.
 */
#ifndef GCC_SIZEOF_LOG_H
#define GCC_SIZEOF_LOG_H

#include "gcc/gcc.h"

#include <vector>

/* Takes the target's question: once, when the plugin is loaded. */
void sizeof_log_init(void);

/* Makes sizeof a macro: before anything is read. */
void sizeof_log_start(void);

/* A declaration is complete: what its initialiser said belongs to it. */
void sizeof_log_take_variable(tree variable);

/* The first sizeof in @range but not in @holes, or NULL_TREE. */
tree sizeof_log_find(source_range range,
		     const std::vector<source_range> &holes);

/* The first sizeof of a variable's initialiser, or NULL_TREE. */
tree sizeof_log_of_variable(tree variable);

/* Before a function. */
void sizeof_log_clear(void);

#endif /* GCC_SIZEOF_LOG_H */
