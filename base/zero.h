/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zero: whether memory holds nothing but zero, and makes it so.
 *
 * Owns:       nothing.
 * Promises:   reads or writes the bytes asked about and no others.
 */
#ifndef BASE_ZERO_H
#define BASE_ZERO_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t zero_pair __attribute__((__vector_size__(16), __may_alias__));

/*
 * @p is aligned to 16, and @size a multiple of it, at least 16. Few branches,
 * as sizes come in no order: what is short is covered by reads that overlap.
 */
static always_inline bool zero_fills(const void *p, size_t size)
{
	size_t nr = size / sizeof(zero_pair);
	const zero_pair *at = p;
	const zero_pair *last = at + nr - 4;
	zero_pair a, b, c, d;

	if (nr < 4) {
		a = at[0] | at[nr / 2] | at[nr - 1];
		return !(a[0] | a[1]);
	}
	a = last[0];
	b = last[1];
	c = last[2];
	d = last[3];
	/* To the end, whatever is seen: it is zero but for a fault. */
	for (; at < last; at += 4) {
		a |= at[0];
		b |= at[1];
		c |= at[2];
		d |= at[3];
	}
	a |= b | c | d;
	return !(a[0] | a[1]);
}

/* Up to here a call of memset() costs more than what it does. */
#define ZERO_AT_HAND 256u

/* The same of @p and @size as above. */
static always_inline void zero_clear(void *p, size_t size)
{
	const zero_pair zero = { 0 };
	size_t nr = size / sizeof(zero_pair);
	zero_pair *at = p;
	zero_pair *last = at + nr - 4;

	if (size > ZERO_AT_HAND) {
		memset(p, 0, size);
		return;
	}
	if (nr < 4) {
		at[0] = at[nr / 2] = at[nr - 1] = zero;
		return;
	}
	last[0] = last[1] = last[2] = last[3] = zero;
	/* With "at" hidden, or the compiler calls memset() after all. */
	for (; at < last; at += 4) {
		at[0] = at[1] = at[2] = at[3] = zero;
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
