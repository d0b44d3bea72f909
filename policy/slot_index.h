/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * slot_index: which slot begins at an offset, without a division.
 *
 * Owns:       nothing.
 * Promises:   for offsets and sizes below 2^31 and a size of 2 at least,
 *             slot_begins() is true for the multiples of the size and for
 *             nothing else, and slot_number() is then offset / size. A
 *             reciprocal of 0 belongs to no size: no slot begins anywhere.
 *
 * Why: let c = ceil(2^64 / size), and e = c * size - 2^64, so e < size. For
 * offset = n * size + r the product offset * c is n * 2^64 + (n * e + r * c).
 * The last sum is below 2^64, so n is the upper half and the sum the lower.
 * With r = 0 the sum is n * e < offset < c; with r > 0 it is not below c. For
 * larger sizes the answer is right where n is 0: a large object's only slot.
 */
#ifndef POLICY_SLOT_INDEX_H
#define POLICY_SLOT_INDEX_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t slot_reciprocal(uint64_t size)
{
	return UINT64_MAX / size + 1;
}

static inline unsigned __int128 slot_product(uint32_t offset,
					     uint64_t reciprocal)
{
	return (unsigned __int128)offset * reciprocal;
}

static inline bool slot_begins(unsigned __int128 product, uint64_t reciprocal)
{
	return (uint64_t)product < reciprocal;
}

static inline uint64_t slot_number(unsigned __int128 product)
{
	return product >> 64;
}

#endif /* POLICY_SLOT_INDEX_H */
