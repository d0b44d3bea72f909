/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack: who called whom, and which object an address lies in.
 *
 * Owns:       nothing.
 * Promises:   no allocation, no lock, no system call, errno as it was; may be
 *             asked in a signal handler. Frames of the shared library itself
 *             are left out; those of the archive are the program's. A static
 *             program (no loader) is told no frames at all.
 * Relies on:  the unwinder of the compiler's own library, which reads the
 *             tables every object has (.eh_frame) and the stack. Where code
 *             has no tables (some that is made at run time) the walk ends.
 */
#ifndef OS_STACK_H
#define OS_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames that are worth a record: the heap's own doors are not among them. */
#define STACK_FRAMES 15u

/* Mapped together: a program or a library. */
struct stack_object {
	const char *name; /* its file's, as the loader knows it */
	uintptr_t base;	  /* what addresses in the file count from */
	uintptr_t start;
	uintptr_t end;
};

/* False: no object the loader knows of, or it cannot be asked. */
bool stack_find_object(uintptr_t address, struct stack_object *object);

/*
 * Addresses of calls on the calling thread's stack, the innermost first, each
 * inside the call's instruction; returns how many, up to @max.
 */
unsigned int stack_read(uintptr_t *frames, unsigned int max);

#endif /* OS_STACK_H */
