/* SPDX-License-Identifier: Apache-2.0 */
/*
 * align: rounding, and arithmetic on sizes that users chose.
 *
 * Owns:       nothing.
 * Promises:   pure functions; the checked ones say when the sum does not fit.
 */
#ifndef BASE_ALIGN_H
#define BASE_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* @align is a power of two; the sum must fit. */
static inline size_t round_up(size_t n, size_t align)
{
	return (n + align - 1) & ~(align - 1);
}

static inline size_t round_down(size_t n, size_t align)
{
	return n & ~(align - 1);
}

static inline bool is_power_of_two(size_t n)
{
	return n && !(n & (n - 1));
}

/* None looks at what *@out holds; each returns true when it fits. */
static inline bool size_mul(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

static inline bool size_add(size_t a, size_t b, size_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

static inline bool size_round_up(size_t n, size_t align, size_t *out)
{
	bool fits = !__builtin_add_overflow(n, align - 1, out);

	*out &= ~(align - 1);
	return fits;
}

static inline size_t size_min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline unsigned int uint_min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
	return a > b ? a : b;
}

static inline unsigned int uint_max(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

#endif /* BASE_ALIGN_H */
