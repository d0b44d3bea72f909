/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peak: a heap that grew once and goes on small. What is left of the peak
 * lies scattered; then sizes drift, as from one hour of a day to the next.
 * The curve: memory in kB after each step.
 */
#include "driver.h"

#include "table.h"

#define NR_HOURS    24
#define KEEP_ONE_IN 10

static void *draw_object(uint64_t *state, int hour)
{
	int first = 4 + hour % 4;

	return touched(malloc(draw_size(state, first, first + 4)));
}

static void mark(int step)
{
	driver_mark(step, driver_memory_kb());
}

/* Frees all but one in KEEP_ONE_IN, at random places. */
static uint64_t thin_out(void **live, uint64_t nr_live, uint64_t *state)
{
	uint64_t kept = 0;

	for (uint64_t i = 0; i < nr_live; i++) {
		if (draw_below(state, KEEP_ONE_IN))
			free(live[i]);
		else
			live[kept++] = live[i];
	}
	return kept;
}

/* @nr_peak objects at the peak; @nr replacements over the hours after it. */
void drive_peak(uint64_t nr, uint64_t nr_peak)
{
	void **live = malloc(nr_peak * sizeof(*live));
	uint64_t state = seed_of(0);
	uint64_t nr_live = nr_peak;

	mark(0);
	for (uint64_t i = 0; i < nr_peak; i++)
		live[i] = draw_object(&state, 0);
	mark(1);
	nr_live = thin_out(live, nr_peak, &state);
	mark(2);
	for (int hour = 0; hour < NR_HOURS; hour++) {
		for (uint64_t i = 0; i < nr / NR_HOURS; i++) {
			void **place = &live[draw_below(&state, nr_live)];

			free(*place);
			*place = draw_object(&state, hour);
		}
		mark(3 + hour);
	}
	for (uint64_t i = 0; i < nr_live; i++)
		free(live[i]);
	free(live);
	mark(3 + NR_HOURS);
}
