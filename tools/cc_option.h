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

/* The compiler's own record of what it did. */
#define CC_RECORD      "-fsave-optimization-record"
#define CC_RECORD_FILE "-foptimization-record-file="

/* What took how long; what comes between source and object. */
#define CC_TRACE       "-ftime-trace"
#define CC_TEMPORARIES "-save-temps"

/* An option whose value is the next word. */
bool cc_option_has_value(const char *word);

/* What becomes of the compile's result. */
bool cc_option_is_output(const char *word);

/*
 * What a compile's first step writes besides: dependencies, diagnostics; and
 * what each step does: measures of itself.
 */
bool cc_option_is_beside(const char *word);
bool cc_option_is_measure(const char *word);

#endif /* TOOLS_CC_OPTION_H */
