/* SPDX-License-Identifier: Apache-2.0 */
/* live: random ones of many live objects are replaced, in random sizes. */
#include "driver.h"

#include "table.h"

#define LIVE_OF_THREAD 1000

static void replace_randomly(void **live, uint64_t nr_live, uint64_t nr,
			     uint64_t *state)
{
	for (uint64_t i = 0; i < nr; i++) {
		void **place = &live[draw_below(state, nr_live)];

		free(*place);
		*place = touched(malloc(draw_size(state, 4, 11)));
	}
}

static void end_all(void **live, uint64_t nr_live)
{
	for (uint64_t i = 0; i < nr_live; i++)
		free(live[i]);
	free(live);
}

void drive_live(uint64_t nr, uint64_t nr_live)
{
	void **live = calloc(nr_live, sizeof(*live));
	uint64_t state = seed_of(0);

	replace_randomly(live, nr_live, 4 * nr_live, &state);
	driver_begin();
	replace_randomly(live, nr_live, nr, &state);
	end_all(live, nr_live);
}

static uint64_t nr_of_thread;

static void *replace_alone(void *thread)
{
	void **live = calloc(LIVE_OF_THREAD, sizeof(*live));
	uint64_t state = seed_of((uintptr_t)thread);

	replace_randomly(live, LIVE_OF_THREAD, nr_of_thread, &state);
	end_all(live, LIVE_OF_THREAD);
	return NULL;
}

/* Threads that have nothing in common: does the heap? */
void drive_threads(uint64_t nr, uint64_t nr_threads)
{
	nr_of_thread = nr / nr_threads;
	driver_threads(nr_threads, replace_alone);
}
