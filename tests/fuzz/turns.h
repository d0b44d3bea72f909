/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turns: threads of which exactly one runs, so that a run can be repeated.
 *
 * Owns:       the threads of one input; number 0 is who called first.
 * Promises:   turns_pass() stops the caller and lets another go on, until the
 *             turn comes back; threads are made when first needed. A thread
 *             that ends calls the last words twice, the second time after
 *             every other destructor of the library had its first round.
 * Relies on:  semaphores; in a child of a fork only the forking thread is
 *             there, and turns_forget_others() must say so.
 */
#ifndef FUZZ_TURNS_H
#define FUZZ_TURNS_H

#include <stdbool.h>

#define NR_TURNS 4u

/* What a thread does with its turn: until it returns it may pass it on. */
struct turns_work {
	void (*run)(void);	  /* until the input is used up */
	void (*last_words)(void); /* in a destructor, when a thread ends */
};

void turns_begin(const struct turns_work *work);

/* Who runs now, and whether it is to return from run(). */
unsigned int turns_current(void);
bool turns_is_over(void);

/* Lets thread @to run; returns when it is the caller's turn again. */
void turns_pass(unsigned int to);

/* Ends thread @who, which is not the caller; it has said its last words. */
void turns_end(unsigned int who);

/* After a fork, in the child. */
void turns_forget_others(void);

/* Ends all threads but the first; called by whoever runs when all is done. */
void turns_finish(void);

#endif /* FUZZ_TURNS_H */
