/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api: what the tests of the standard's promises share.
 *
 * Owns:      the seed of the random tests, read once from API_SEED.
 * Promises:  no helper here allocates, so none disturbs what it looks at.
 */
#ifndef API_API_H
#define API_API_H

#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KIB		  ((size_t)1 << 10)
#define MIB		  ((size_t)1 << 20)
#define GIB		  ((size_t)1 << 30)
#define API_ALIGN	  16 /* what malloc owes on every 64-bit port */
#define API_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Not in the headers of glibc 2.36: BSD's reallocf, C23's sized frees. */
void *reallocf(void *p, size_t size);
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t alignment, size_t size);

/* Sizes on, before and after the edges where allocators change their mind. */
extern const size_t api_sizes[];
extern const size_t api_nr_sizes;

/* Sizes no process can have; each must end in NULL and ENOMEM. */
extern const size_t api_impossible[];
extern const size_t api_nr_impossible;

/* Prints the seed as a comment; API_SEED in the environment sets it. */
uint64_t api_seed(void);
uint64_t api_random(uint64_t *state);

/* Writes and checks a pattern that differs for each @tag and offset. */
void api_fill(void *p, size_t size, unsigned int tag);
bool api_is_filled(const void *p, size_t size, unsigned int tag);
bool api_is_zero(const void *p, size_t size);
bool api_is_aligned(const void *p, size_t alignment);

/*
 * True where EMULATOR is set: what runs programs of another machine
 * (scripts/test-aarch64) has no kernel of its own. A test that needs what it
 * lacks says so, and is skipped there.
 */
bool api_is_emulated(void);
void api_needs(const char *what);

/* The process's resident bytes; the "statm" line's second word. */
size_t api_resident(void);

/*
 * Runs @body in a forked child and returns its exit status, or 128 + the
 * signal that ended it. The child is a copy: it may set limits and die.
 */
int api_in_child(int (*body)(void));

#endif /* API_API_H */
