/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * partition: the pure map from a token or a call site to a partition.
 *
 * Owns:       nothing: the secret and the counts come with the call.
 * Promises:   one key, one partition; the result is below @count; which keys
 *             share a partition depends on @secret, an odd random number.
 * Relies on:  nothing.
 *
 * A token is a hash already: the product with the secret, scaled to the count
 * by a second multiplication, is all it needs. Where partitions are few, only
 * the product's upper bits count, so that a table of buckets says the same, two
 * beside each other: the token's highest bit tells which.
 *
 * Call sites lie at equal distances in unrolled code and small numbers beside
 * each other, and a product alone keeps such a lattice. So a site's product
 * only chooses one of many buckets, and each bucket has a row of its own, by a
 * stronger hash: the product is squared and both halves of the square are
 * folded into one.
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

/* The same as a table: what a bucket's row is does not change. */
#define SITE_BUCKET_BITS 11
#define NR_SITE_BUCKETS	 (1u << SITE_BUCKET_BITS)

/* @number scaled from 64 bits to 0..count-1. */
static inline uint64_t partition_scale(uint64_t number, uint64_t count)
{
	return ((unsigned __int128)number * count) >> 64;
}

#define TOKEN_BUCKET_BITS 7
#define NR_TOKEN_BUCKETS  (2u << TOKEN_BUCKET_BITS) /* of both kinds */

/* So that each partition has eight buckets at least: all have about as many. */
#define TOKEN_PARTITIONS_FEW 16u

static inline uint64_t token_product(uint64_t token, uint64_t secret)
{
	return token * secret;
}

/* What of the product counts for so many partitions. */
static inline uint64_t token_product_mask(uint64_t count)
{
	return count <= TOKEN_PARTITIONS_FEW ? ~0ul << (64 - TOKEN_BUCKET_BITS)
					     : ~0ul;
}

static inline uint64_t partition_of_token(uint64_t token, uint64_t secret,
					  uint64_t count)
{
	uint64_t product = token_product(token, secret);

	return partition_scale(product & token_product_mask(count), count);
}

/* The same as a table: a pair of buckets, the odd one for pointers. */
static inline uint64_t token_pair(uint64_t token, uint64_t secret)
{
	return token_product(token, secret) >> (64 - TOKEN_BUCKET_BITS);
}

static inline uint64_t token_bucket_in(uint64_t pair, uint64_t token)
{
	return pair << 1 | token >> 63;
}

/* @count is few. */
static inline uint64_t partition_of_token_bucket(uint64_t bucket,
						 uint64_t count)
{
	return partition_scale(bucket >> 1 << (64 - TOKEN_BUCKET_BITS), count);
}

static inline unsigned int site_bucket(uint64_t site, uint64_t secret)
{
	return site * secret >> (64 - SITE_BUCKET_BITS);
}

/* For small numbers, too. */
static inline uint64_t partition_of_number(uint64_t number, uint64_t secret,
					   uint64_t count)
{
	unsigned __int128 root = (uint64_t)((number + 1) * secret);
	unsigned __int128 square = root * root;
	uint64_t spread = (uint64_t)square ^ (uint64_t)(square >> 64);

	return partition_scale(spread, count);
}

static inline uint64_t partition_of_site(uint64_t site, uint64_t secret,
					 uint64_t count)
{
	return partition_of_number(site_bucket(site, secret), secret, count);
}

/* The compiler puts types that hold pointers in the top half of its range. */
static inline unsigned int token_holds_pointers(uint64_t token)
{
	return token >> 63;
}

#endif /* POLICY_PARTITION_H */
