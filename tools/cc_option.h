/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_option: what a word is to clang.
 *
 * Owns:       nothing.
 * Promises:   pure maps.
 * Relies on:  nothing.
 */
#ifndef TOOLS_CC_OPTION_H
#define TOOLS_CC_OPTION_H

#include <stdbool.h>

/* An option whose value is the next word. */
bool cc_option_has_value(const char *word);

/* What becomes of the compile's result. */
bool cc_option_is_output(const char *word);

/* What else a compile writes: whom the object depends on. */
bool cc_option_is_dependency(const char *word);

#endif /* TOOLS_CC_OPTION_H */
