/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * partition: the pure map from a token or a call site to a partition.
 *
 * Owns:       nothing: the secret and the counts come with the call.
 * Promises:   one key, one partition; the result is below @count; which keys
 *             share a partition depends on @secret, an odd random number.
 * Relies on:  nothing.
 *
 * The product of key and secret is squared, and both halves of the square are
 * folded into one: call sites lie at equal distances in unrolled code and small
 * numbers beside each other, and a product alone keeps such a lattice. (Of 64
 * sites in 16 partitions, 12 or fewer were used with 4 secrets in 100 when the
 * product was folded, with 1 in 10,000 now; a random function: none.)
 * Multiplying by the count scales the result to 0..count-1 for any count.
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

static inline uint64_t partition_hash(uint64_t key, uint64_t secret,
				      uint64_t count)
{
	unsigned __int128 root = (uint64_t)(key * secret);
	unsigned __int128 square = root * root;
	uint64_t spread = (uint64_t)square ^ (uint64_t)(square >> 64);

	return ((unsigned __int128)spread * count) >> 64;
}

/* The compiler puts types that hold pointers in the top half of its range. */
static inline unsigned int token_holds_pointers(uint64_t token)
{
	return token >> 63;
}

#endif /* POLICY_PARTITION_H */
