/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill: a heap of many gigabytes; what an operation costs when all is far.
 *
 * All objects come from one call site, as in a program that has one function
 * to make them; or those that replace others come from a second one. A heap
 * that parts call sites cannot give the second what the first one had.
 */
#include "driver.h"

#include "table.h"

#include <stdbool.h>

static __attribute__((__noinline__)) void *make_object(uint64_t *state)
{
	return touched(malloc(draw_size(state, 6, 10)));
}

/* @nr random replacements in @bytes of live objects, 64 to 1,023 bytes. */
static void fill(uint64_t nr, uint64_t bytes, bool has_second_site)
{
	/* 418 bytes is the mean of the sizes drawn. */
	uint64_t nr_live = bytes / 418;
	void **live = malloc(nr_live * sizeof(*live));
	uint64_t state = seed_of(0);

	for (uint64_t i = 0; i < nr_live; i++)
		live[i] = make_object(&state);
	driver_begin();
	for (uint64_t i = 0; i < nr; i++) {
		void **place = &live[draw_below(&state, nr_live)];

		free(*place);
		*place = has_second_site
				 ? touched(malloc(draw_size(&state, 6, 10)))
				 : make_object(&state);
	}
}

void drive_fill(uint64_t nr, uint64_t bytes)
{
	fill(nr, bytes, false);
}

void drive_handed(uint64_t nr, uint64_t bytes)
{
	fill(nr, bytes, true);
}
