/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* domain: see domain.h. */
#include "policy/domain.h"

struct row_name domain_name_row(const struct row_set *rows, unsigned int row)
{
	struct row_name name = { DOMAIN_UNKNOWN, row };

	for (int domain = 0; domain < NR_DOMAINS; domain++) {
		uint64_t first = rows[domain].first;

		if (row >= first && row < first + rows[domain].count) {
			name.domain = domain;
			name.partition = row - first;
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
