/* SPDX-License-Identifier: Apache-2.0 */
/* fill: a heap of many gigabytes; what an operation costs when all is far. */
#include "driver.h"

#include "table.h"

/* @nr random replacements in @bytes of live objects, 64 to 1,023 bytes. */
void drive_fill(uint64_t nr, uint64_t bytes)
{
	/* 418 bytes is the mean of the sizes drawn. */
	uint64_t nr_live = bytes / 418;
	void **live = malloc(nr_live * sizeof(*live));
	uint64_t state = seed_of(0);

	for (uint64_t i = 0; i < nr_live; i++)
		live[i] = touched(malloc(draw_size(&state, 6, 10)));
	driver_begin();
	for (uint64_t i = 0; i < nr; i++) {
		void **place = &live[draw_below(&state, nr_live)];

		free(*place);
		*place = touched(malloc(draw_size(&state, 6, 10)));
	}
}
