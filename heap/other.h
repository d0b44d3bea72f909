/* SPDX-License-Identifier: Apache-2.0 */
/*
 * other: a process whose malloc is not ours.
 *
 * Owns:       the functions of that malloc, if there is one: set once, before
 *             main().
 * Promises:   where they are set, what is asked for with a token comes from
 *             them, as it goes back to their free(). It is told once.
 * Relies on:  somebody above to know; all NULL is the usual case.
 *
 * A library that was built with types brings ours along. In a program that was
 * not, the C library's malloc is found first, and the library's own too.
 */
#ifndef HEAP_OTHER_H
#define HEAP_OTHER_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct other {
	void *(*malloc)(size_t size);
	void *(*aligned_alloc)(size_t align, size_t size);
	void *(*realloc)(void *p, size_t size);
	size_t (*usable_size)(void *p);
	void (*free)(void *p);
};

extern internal struct other other;

/* Whether what has this token comes from them. */
static inline bool other_serves(uint64_t token)
{
	return unlikely(other.malloc) && token;
}

/* NULL, and errno is as they left it: no memory. */
void *other_alloc(size_t size, size_t align);
void *other_realloc(void *p, size_t size);

#endif /* HEAP_OTHER_H */
