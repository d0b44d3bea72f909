/* SPDX-License-Identifier: Apache-2.0 */
/*
 * single: whether the process has only ever had one thread.
 *
 * Owns:       nothing; the C library keeps the answer.
 * Promises:   true only while no other thread can run: glibc clears its flag
 *             in pthread_create(), before the thread exists.
 * Relies on:  glibc 2.32; elsewhere the answer is always false, which costs
 *             an exchange where a store would do.
 */
#ifndef OS_SINGLE_H
#define OS_SINGLE_H

#include <features.h>
#include <stdbool.h>

#if defined(__GLIBC__)
#include <sys/single_threaded.h>

/* The answer as a bit, 0 or 1: for who asks about another bit as well. */
static inline unsigned char os_single_bit(void)
{
	return (unsigned char)__libc_single_threaded;
}
#else
static inline unsigned char os_single_bit(void)
{
	return 0;
}
#endif

static inline bool os_is_single_threaded(void)
{
	return os_single_bit();
}

#endif /* OS_SINGLE_H */
