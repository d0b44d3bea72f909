/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit: what the unit tests share.
 *
 * Promises:   a body that may die runs in a child, and what it said is kept;
 *             random tests print their seed and take it back from SEED.
 */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include "base/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A sanitizer maps shadow of its own, and makes frames larger. */
#ifndef __has_feature
#define __has_feature(feature) 0 /* gcc says it by a macro */
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define UNIT_HAS_TSAN true
#else
#define UNIT_HAS_TSAN false
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define UNIT_HAS_ASAN true
#else
#define UNIT_HAS_ASAN false
#endif
#define UNIT_HAS_SANITIZER (UNIT_HAS_TSAN || UNIT_HAS_ASAN)

struct unit_child {
	int status;	 /* as from waitpid() */
	char text[4096]; /* what it wrote to standard error */
};

/* Runs @body in a child that ends with status 0 unless @body ends it. */
struct unit_child unit_run(void (*body)(void *), void *arg);

/* As above; fails the test unless it ended with status 0. */
void unit_run_well(void (*body)(void *), void *arg);

/* Takes out of @text what reports say after their first lines. */
void unit_forget_more(char *text);

/*
 * As above; fails the test unless it aborted and said just @text, and what
 * unit_forget_more() takes out.
 */
void unit_run_dead(void (*body)(void *), void *arg, const char *text);

/*
 * Calls @harm with 0, 1, ... up to @nr - 1, each in a child, which must die of
 * broken metadata, with those of @words that have the number.
 */
void unit_run_harms(void (*harm)(int how), const char *const *words, int nr);

/*
 * Runs @body in @nr threads at once, with their numbers from 1; each returns
 * how often something was wrong, which must be never.
 */
void unit_run_threads(void *(*body)(void *number), unsigned int nr);

/* For bodies in a child, where cmocka's assertions do not work. */
#define unit_must(cond) \
	((cond) ? (void)0 : unit_fail(__FILE__, __LINE__, #cond))
never_returns void unit_fail(const char *file, int line, const char *what);

/* A random number from here on, told and repeatable. */
uint64_t unit_seed(void);
uint64_t unit_random(uint64_t *state);

/*
 * Skips the test where EMULATOR is set: what runs programs of another machine
 * (scripts/test-aarch64) has no kernel of its own, and lacks @what.
 */
void unit_needs(const char *what);

/* Whether the byte at @p can be read; it is not touched otherwise. */
bool unit_can_read(const void *p);

#endif /* UNIT_UNIT_H */
