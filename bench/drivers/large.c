/* SPDX-License-Identifier: Apache-2.0 */
/* large: buffers of 32 KiB to 4 MiB come and go, each page written. */
#include "driver.h"

#include "table.h"

#define PAGE 4096

void drive_large(uint64_t nr, uint64_t nr_live)
{
	void **live = calloc(nr_live, sizeof(*live));
	uint64_t state = seed_of(0);

	for (uint64_t i = 0; i < nr; i++) {
		void **place = &live[draw_below(&state, nr_live)];
		size_t size = draw_size(&state, 15, 22);

		free(*place);
		*place = touched(malloc(size));
		for (size_t at = 0; at < size; at += PAGE)
			((volatile char *)*place)[at] = (char)i;
	}
	for (uint64_t i = 0; i < nr_live; i++)
		free(live[i]);
	free(live);
}
