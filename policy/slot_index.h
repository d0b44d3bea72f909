/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * slot_index: which slot begins at an offset, without a division.
 *
 * Owns:       nothing.
 * Promises:   for a slot size of odd * 2^shift and any offset below 2^32,
 *             slot_index() is offset / size where the offset is a multiple of
 *             the size, and otherwise a number no offset below 2^32 divided
 *             by the size can reach: one comparison with the number of slots
 *             rejects inner pointers and what lies past the last slot.
 *
 * Why: multiplication by the inverse of the odd part modulo 2^32 permutes the
 * 32-bit numbers and maps odd * k to k; the rotation divides by 2^shift and
 * moves any remainder to the top bits.
 */
#ifndef POLICY_SLOT_INDEX_H
#define POLICY_SLOT_INDEX_H

#include <stdint.h>

struct slot_divisor {
	uint32_t inverse;
	uint32_t shift;
};

static inline struct slot_divisor slot_divisor_of(uint32_t size)
{
	struct slot_divisor divisor;
	uint32_t odd;

	divisor.shift = __builtin_ctz(size);
	odd = size >> divisor.shift;
	divisor.inverse = odd;
	/* Newton: each step doubles the correct bits, beginning with three. */
	for (int i = 0; i < 4; i++)
		divisor.inverse *= 2 - odd * divisor.inverse;
	return divisor;
}

static inline uint32_t slot_index(uint32_t offset, uint32_t inverse,
				  uint32_t shift)
{
	uint32_t product = offset * inverse;

	return product >> (shift & 31) | product << (-shift & 31);
}

#endif /* POLICY_SLOT_INDEX_H */
