/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes: the input of a fuzzer, taken a number at a time.
 *
 * Promises:   whatever the bytes are, a number; past the end, zeros.
 */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at;
	size_t left;
};

static inline unsigned int bytes_take(struct bytes *bytes)
{
	if (!bytes->left)
		return 0;
	bytes->left--;
	return *bytes->at++;
}

/* 0 to 65,535. */
static inline unsigned int bytes_take_two(struct bytes *bytes)
{
	unsigned int low = bytes_take(bytes);

	return low | bytes_take(bytes) << 8;
}

/* splitmix64: any seed will do, neighbours give unlike rows. */
static inline uint64_t bytes_mix(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

#endif /* FUZZ_BYTES_H */
