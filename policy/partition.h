/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * partition: the pure map from a token or a call site to a partition.
 *
 * Owns:       nothing: the secret and the counts come with the call.
 * Promises:   one key, one partition; the result is below @count; which keys
 *             share a partition depends on @secret, an odd random number.
 * Relies on:  nothing.
 *
 * The product of key and secret is spread evenly in its top bits; multiplying
 * those by the count scales them to 0..count-1 for any count.
 */
#ifndef POLICY_PARTITION_H
#define POLICY_PARTITION_H

#include <stdint.h>

/* Tokens below this come from a build with -falloc-token-max. */
#define TOKEN_SMALL 65536u

/*
 * Fast-ABI numbers are kept apart from tokens: they follow the small ones. A
 * hashed token falls into these 64 of 2^64 values by chance only.
 */
#define NR_FAST_TOKENS 64u
#define TOKEN_HASHED   (TOKEN_SMALL + NR_FAST_TOKENS)

static inline uint64_t token_of_fast(uint64_t number)
{
	return number ? TOKEN_SMALL + number : 0;
}

static inline uint32_t partition_hash(uint64_t key, uint64_t secret,
				      uint64_t count)
{
	uint64_t spread = key * secret;

	return (uint32_t)(((unsigned __int128)spread * count) >> 64);
}

/* The compiler puts types that hold pointers in the top half of its range. */
static inline unsigned int token_holds_pointers(uint64_t token)
{
	return token >> 63;
}

#endif /* POLICY_PARTITION_H */
