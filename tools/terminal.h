/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal: what standard output is, and keys pressed at standard input.
 *
 * Owns:       the terminal's settings between terminal_raw() and
 *             terminal_restore().
 * Promises:   in a pipe: 80 columns, no colour, no height; NO_COLOR and
 *             TERM=dumb are heeded. Settings are restored at exit and on the
 *             signals that end a program.
 * Relies on:  one thread.
 * Invariant:  raw only while standard input is a terminal.
 */
#ifndef TOOLS_TERMINAL_H
#define TOOLS_TERMINAL_H

#include "tools/histogram.h"

#define TERMINAL_DEFAULT_WIDTH	80
#define TERMINAL_DEFAULT_HEIGHT 24

struct terminal_size {
	unsigned int width;
	unsigned int height;
};

bool terminal_is_output(void);

/* The defaults where @fd is no terminal. */
struct terminal_size terminal_size(int fd);

struct histogram_style terminal_style(int fd);

/* From now on keys come at once and unseen. Does nothing in a pipe. */
void terminal_raw(void);

/* Waits @seconds for a key: the key, or -1 when none came. */
int terminal_wait_key(double seconds);

void terminal_restore(void);

/* Flushes standard output: 0, or -1 after a complaint. */
int terminal_flush(void);

#endif /* TOOLS_TERMINAL_H */
