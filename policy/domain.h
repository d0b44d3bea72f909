/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * domain: which rows of caches belong to which kind of type.
 *
 * Owns:       nothing.
 * Promises:   pure functions of the counts they are given.
 * Invariant:  rows of one domain are neighbours: unknown first, so that plain
 *             malloc adds nothing, then data, then pointer.
 */
#ifndef POLICY_DOMAIN_H
#define POLICY_DOMAIN_H

#include <stdint.h>

enum domain {
	DOMAIN_UNKNOWN,
	DOMAIN_DATA,
	DOMAIN_POINTER,
	NR_DOMAINS,
};

/* Rows first to first + count - 1 of all rows. */
struct row_set {
	uint64_t count;
	uint64_t first;
};

struct row_name {
	enum domain domain;
	unsigned int partition; /* counted from 0 in its domain */
};

/*
 * The domain of a token that is not 0. Of those below TOKEN_HASHED the half
 * is known only below the build's -falloc-token-max: @token_max, 0 if it was
 * not told, which a fast-ABI number takes for 16.
 */
enum domain domain_of_token(uint64_t token, uint64_t token_max);

/* @rows: one set a domain; where sets are the same, unknown's name is given. */
struct row_name domain_name_row(const struct row_set *rows, unsigned int row);

const char *domain_name(enum domain domain);

#endif /* POLICY_DOMAIN_H */
