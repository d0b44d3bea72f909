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

#include <stdint.h>

void fork_init(void);
uint32_t fork_generation(void);

#endif /* HEAP_FORK_H */
