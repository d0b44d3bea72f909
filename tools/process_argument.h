/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_argument: the one argument of commands that read a live process.
 *
 * Owns:       nothing.
 * Promises:   process_argument, as the children of a command's argp, takes
 *             exactly one argument, the number of a process, or ends the
 *             program with an error.
 * Relies on:  the command's parser handing down a struct process_argument as
 *             the child's input, at ARGP_KEY_INIT.
 */
#ifndef TOOLS_PROCESS_ARGUMENT_H
#define TOOLS_PROCESS_ARGUMENT_H

#include <argp.h>
#include <sys/types.h>

struct process_argument {
	const char *text; /* NULL: not met yet */
	pid_t pid;	  /* 0 if no process can have that number */
};

extern const struct argp_child process_argument[];

#endif /* TOOLS_PROCESS_ARGUMENT_H */
