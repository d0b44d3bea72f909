/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zero: whether memory holds nothing but zero.
 *
 * Owns:       nothing.
 * Promises:   reads the bytes asked about and no others, 64 at a time.
 */
#ifndef BASE_ZERO_H
#define BASE_ZERO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t zero_pair __attribute__((__vector_size__(16), __may_alias__));

/* @p is aligned to 16, and @size a multiple of it. */
static inline bool zero_fills(const void *p, size_t size)
{
	const zero_pair *at = p;
	const zero_pair *end = at + size / sizeof(*at);
	zero_pair seen = { 0 };

	for (; end - at >= 4; at += 4) {
		seen = at[0] | at[1] | at[2] | at[3];
		if (seen[0] | seen[1])
			return false;
	}
	for (; at < end; at++)
		seen |= *at;
	return !(seen[0] | seen[1]);
}

#endif /* BASE_ZERO_H */
