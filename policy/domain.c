/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* domain: see domain.h. */
#include "policy/domain.h"

#include "policy/partition.h"

/* What a fast-ABI number is held against when the maximum is not told. */
#define FAST_TOKEN_MAX 16u

/* Below the build's maximum the lower half is data, the upper pointer. */
static enum domain domain_of_number(uint64_t number, uint64_t max)
{
	if (number >= max)
		return DOMAIN_UNKNOWN;
	return number < max / 2 ? DOMAIN_DATA : DOMAIN_POINTER;
}

enum domain domain_of_token(uint64_t token, uint64_t token_max)
{
	if (token < TOKEN_SMALL)
		return domain_of_number(token, token_max);
	if (token < TOKEN_HASHED)
		return domain_of_number(token - TOKEN_SMALL,
					token_max ? token_max : FAST_TOKEN_MAX);
	return token_holds_pointers(token) ? DOMAIN_POINTER : DOMAIN_DATA;
}

struct row_name domain_name_row(const struct row_set *rows, unsigned int row)
{
	struct row_name name = { DOMAIN_UNKNOWN, row };

	for (int domain = 0; domain < NR_DOMAINS; domain++) {
		uint64_t first = rows[domain].first;

		if (row >= first && row < first + rows[domain].count) {
			name.domain = domain;
			name.partition = (unsigned int)(row - first);
			return name;
		}
	}
	return name;
}

const char *domain_name(enum domain domain)
{
	static const char *const names[NR_DOMAINS] = {
		[DOMAIN_UNKNOWN] = "unknown",
		[DOMAIN_DATA] = "data",
		[DOMAIN_POINTER] = "pointer",
	};

	return names[domain];
}
