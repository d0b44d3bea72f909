/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_input: what a compiler makes of a file that it is given.
 *
 * Owns:       nothing.
 * Promises:   the answer is clang's: by -x, else by the ending of the name.
 * Relies on:  nothing.
 */
#ifndef TOOLS_CC_INPUT_H
#define TOOLS_CC_INPUT_H

enum cc_input {
	INPUT_LINKED, /* an object, a library, what has no known ending */
	INPUT_SOURCE,
	INPUT_PREPROCESSED,
	INPUT_HEADER, /* becomes a precompiled header */
	INPUT_IR,
	INPUT_ASSEMBLER,
};

/* @language: the value of the -x before it, or NULL. */
enum cc_input cc_input_of(const char *name, const char *language);

#endif /* TOOLS_CC_INPUT_H */
