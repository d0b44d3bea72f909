/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zero: whether memory holds nothing but zero, and makes it so.
 *
 * Owns:       nothing.
 * Promises:   reads or writes the bytes asked about and no others.
 */
#ifndef BASE_ZERO_H
#define BASE_ZERO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t zero_pair __attribute__((__vector_size__(16), __may_alias__));

/* @p is aligned to 16, and @size a multiple of it. */
static inline bool zero_fills(const void *p, size_t size)
{
	const zero_pair *at = p;
	const zero_pair *end = at + size / sizeof(*at);
	zero_pair seen = { 0 };

	/* To the end, whatever is seen: it is zero but for a fault. */
	for (; end - at >= 4; at += 4)
		seen |= at[0] | at[1] | at[2] | at[3];
	for (; at < end; at++)
		seen |= *at;
	return !(seen[0] | seen[1]);
}

/* Up to here a call of memset() costs more than what it does. */
#define ZERO_AT_HAND 256u

/* The same of @p and @size as above. */
static inline void zero_clear(void *p, size_t size)
{
	zero_pair *at = p;
	zero_pair *end = at + size / sizeof(*at);

	if (size > ZERO_AT_HAND) {
		memset(p, 0, size);
		return;
	}
	/* With each "at" hidden, or the compiler calls memset() after all. */
	for (; end - at >= 4; at += 4) {
		at[0] = at[1] = at[2] = at[3] = (zero_pair){ 0 };
		__asm__("" : "+r"(at));
	}
	for (; at < end; at++) {
		*at = (zero_pair){ 0 };
		__asm__("" : "+r"(at));
	}
}

#define ZERO_PAGE 4096ul

/*
 * Makes the kernel back each page of [@p, @p + @size) with memory and changes
 * nothing. Who reads a fresh page first and writes to it then has two faults.
 */
static inline void zero_touch(void *p, size_t size)
{
	uintptr_t at = (uintptr_t)p;
	uintptr_t end = at + size;

	for (; at < end; at = (at | (ZERO_PAGE - 1)) + 1) {
		char zero = 0;

		__atomic_compare_exchange_n((char *)at, &zero, 0, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

#endif /* BASE_ZERO_H */
