/* SPDX-License-Identifier: Apache-2.0 */
/* own: a reader of ourselves, as another process would read. */
#ifndef UNIT_OWN_H
#define UNIT_OWN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct own {
	int fails_at; /* the read that fails; 0: none */
	int nr_reads;
};

/* For struct live_reader; the context is a struct own. */
static inline bool read_own(void *context, uint64_t address, void *to,
			    size_t size)
{
	struct own *own = context;

	if (++own->nr_reads == own->fails_at)
		return false;
	memcpy(to, (void *)(uintptr_t)address, size);
	return true;
}

#endif /* UNIT_OWN_H */
