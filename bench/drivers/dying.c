/* SPDX-License-Identifier: Apache-2.0 */
/* dying: short-lived threads; each ends what its forerunner left behind. */
#include "driver.h"

#include "table.h"

#include <pthread.h>

#define NR_LINES 2

static struct line {
	void **left; /* by the thread before */
	uint64_t state;
} lines[NR_LINES];
static uint64_t nr_objects;
static uint64_t nr_of_line;

static void *live_once(void *arg)
{
	struct line *line = arg;
	void **mine = malloc(nr_objects * sizeof(*mine));

	for (uint64_t i = 0; i < nr_objects; i++) {
		mine[i] = touched(malloc(draw_size(&line->state, 4, 10)));
		/* Some work of its own, too. */
		free(touched(malloc(draw_size(&line->state, 4, 10))));
		if (line->left)
			free(line->left[i]);
	}
	free(line->left);
	line->left = mine;
	return NULL;
}

static void *follow_each_other(void *number)
{
	struct line *line = &lines[(uintptr_t)number];
	pthread_t thread;

	line->state = seed_of((uintptr_t)number);
	for (uint64_t i = 0; i < nr_of_line; i++) {
		if (pthread_create(&thread, NULL, live_once, line))
			abort();
		pthread_join(thread, NULL);
	}
	for (uint64_t i = 0; i < nr_objects; i++)
		free(line->left[i]);
	free(line->left);
	return NULL;
}

/* @nr counts threads, @per_thread the objects that each leaves. */
void drive_dying(uint64_t nr, uint64_t per_thread)
{
	nr_objects = per_thread;
	nr_of_line = nr / NR_LINES;
	driver_threads(NR_LINES, follow_each_other);
}
