/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option_check: would the library take this option?
 *
 * Owns:       nothing.
 * Promises:   the answer that the library's own list gives, so that the two
 *             cannot part.
 * Relies on:  OPTION_LIST of heap/options.h.
 */
#ifndef TOOLS_OPTION_CHECK_H
#define TOOLS_OPTION_CHECK_H

/*
 * NULL if the word or number @value is allowed for the option @name; else what
 * is allowed, in words.
 */
const char *option_refusal(const char *name, const char *value);

#endif /* TOOLS_OPTION_CHECK_H */
