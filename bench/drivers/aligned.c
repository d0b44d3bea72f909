/* SPDX-License-Identifier: Apache-2.0 */
/* aligned: objects on lines, on vectors of the processor, on pages. */
#include "driver.h"

#include "table.h"

void drive_aligned(uint64_t nr, uint64_t nr_live)
{
	void **live = calloc(nr_live, sizeof(*live));
	uint64_t state = seed_of(0);

	for (uint64_t i = 0; i < nr; i++) {
		void **place = &live[draw_below(&state, nr_live)];
		size_t align = 32ul << draw_below(&state, 8);

		free(*place);
		if (posix_memalign(place, align, draw_size(&state, 5, 13)))
			abort();
		touched(*place);
	}
	for (uint64_t i = 0; i < nr_live; i++)
		free(live[i]);
	free(live);
}
