/* SPDX-License-Identifier: Apache-2.0 */
/* pair: malloc and free of one size, one object at a time. */
#include "driver.h"

#include "table.h"

void drive_pair(uint64_t nr, uint64_t size)
{
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t *volatile p = malloc(size);

		*p = i;
		free(p);
	}
}

/* The same with calls that do nothing: what is not the heap's. */
void drive_nothing(uint64_t nr, uint64_t unused)
{
	static uint64_t block;

	(void)unused;
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t *volatile p = nothing_malloc(&block);

		*p = i;
		nothing_free(p);
	}
}
