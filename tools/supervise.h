/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise: runs a program as a child and behaves as if it were the program.
 *
 * Owns:       this process's signal mask between start and wait.
 * Promises:   the child starts with the mask and dispositions we were started
 *             with. While it runs, a signal that a process sent to us goes on
 *             to it; one from the terminal does not, for the child has it
 *             already (same process group). We end as it ended.
 * Relies on:  one thread, no other children.
 * Invariant:  no signal is lost between start and wait: all wait blocked.
 */
#ifndef TOOLS_SUPERVISE_H
#define TOOLS_SUPERVISE_H

#include <signal.h>
#include <sys/types.h>

struct supervised {
	pid_t pid;
	sigset_t mask; /* ours at the start */
};

/* Statuses of env(1): the program was not found, could not be executed. */
#define EXIT_NOT_FOUND	    127
#define EXIT_NOT_EXECUTABLE 126

/* The exit status that tells why exec failed with @error. */
int supervise_exec_status(int error);

/* 0; or the errno of fork or exec, and there is no child. */
int supervise_start(struct supervised *child, char **argv);

/* Waits for the end: the wait status. */
int supervise_wait(struct supervised *child);

/* Returns the exit status to give; or dies of the signal the child died of. */
int supervise_end(struct supervised *child, int wait_status);

#endif /* TOOLS_SUPERVISE_H */
