/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork: tells a child process that it is one, without a fork handler.
 *
 * Owns:       one page that the kernel shows as zero in every child.
 * Promises:   fork_generation() is the same number in all threads of a
 *             process and another in each of its children, at once and in
 *             every thread, vfork and clone included.
 * Relies on:  MADV_WIPEONFORK (Linux 4.14). Where it is refused, generations
 *             stay equal: locks held by vanished threads then stay held.
 */
#ifndef HEAP_FORK_H
#define HEAP_FORK_H

#include "base/compiler.h"

#include <stdint.h>

void fork_init(void);
uint32_t fork_next_generation(void);

/* The generation, or 0 in a child that has not looked. */
extern internal uint32_t *fork_word;

static inline uint32_t fork_word_now(void)
{
	return __atomic_load_n(fork_word, __ATOMIC_ACQUIRE);
}

static inline uint32_t fork_generation(void)
{
	uint32_t now = fork_word_now();

	return likely(now) ? now : fork_next_generation();
}

#endif /* HEAP_FORK_H */
