/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trials: operations of a fuzzer that put the heap into a hard place.
 *
 * Promises:   what interrupts a thread or ends its process is acted out at a
 *             moment when what the locks protect is whole, so that every run
 *             can be repeated.
 */
#ifndef FUZZ_TRIALS_H
#define FUZZ_TRIALS_H

#include "tests/fuzz/bytes.h"

#include <stdbool.h>

/* One operation of those that ask; given by the table of all. */
typedef void trial_ask_t(struct bytes *bytes);

/* System calls fail from now on, or no more. */
void trials_fail(struct bytes *bytes);
void trials_stop_failing(void);

/* As in a signal handler that found a lock held by its own thread. */
void trials_interrupt(struct bytes *bytes, trial_ask_t *ask);

/* In a child: as if a thread that is gone had held a lock. */
void trials_orphan(struct bytes *bytes);

/*
 * A wrong free, realloc or size query: under compat it must change nothing,
 * else it must end a child of ours by SIGABRT.
 */
void trials_misuse(struct bytes *bytes);

/* Goes on in a child; false in the parent, once the child ended well. */
bool trials_fork(void);

#endif /* FUZZ_TRIALS_H */
