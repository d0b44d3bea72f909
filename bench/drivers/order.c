/* SPDX-License-Identifier: Apache-2.0 */
/* order: objects that die in the order of birth, or in the reverse. */
#include "driver.h"

#include "table.h"

#define BATCH 10000

/* All of one size are born, then all die, the eldest first. */
void drive_batch(uint64_t nr, uint64_t size)
{
	static void *live[BATCH];

	for (uint64_t done = 0; done < nr; done += BATCH) {
		for (size_t i = 0; i < BATCH; i++)
			live[i] = touched(malloc(size));
		for (size_t i = 0; i < BATCH; i++)
			free(live[i]);
	}
}

static uint64_t nr_of_thread;

static void *answer_requests(void *thread)
{
	void *live[1 << 10];
	uint64_t state = seed_of((uintptr_t)thread);

	for (uint64_t done = 0; done < nr_of_thread;) {
		size_t nr = draw_size(&state, 4, 10);

		for (size_t i = 0; i < nr; i++, done++)
			live[i] = touched(malloc(draw_size(&state, 4, 11)));
		for (size_t i = 0; i < nr; i++)
			free(live[i]);
	}
	return NULL;
}

/* Threads that answer requests: what one is answered with dies with it. */
void drive_requests(uint64_t nr, uint64_t nr_threads)
{
	nr_of_thread = nr / nr_threads;
	driver_threads(nr_threads, answer_requests);
}

/* A stack that grows and shrinks by random amounts: the youngest die first. */
void drive_lifo(uint64_t nr, uint64_t most)
{
	void **live = calloc(most, sizeof(*live));
	uint64_t state = seed_of(0);
	size_t height = 0;

	for (uint64_t done = 0; done < nr;) {
		size_t goal = draw_below(&state, most);

		for (; height < goal; height++, done++)
			live[height] =
				touched(malloc(draw_size(&state, 4, 11)));
		while (height > goal)
			free(live[--height]);
	}
	while (height)
		free(live[--height]);
	free(live);
}

/* A queue of fixed length: the eldest die first. */
void drive_fifo(uint64_t nr, uint64_t length)
{
	void **live = calloc(length, sizeof(*live));
	uint64_t state = seed_of(0);

	for (uint64_t i = 0; i < nr; i++) {
		void **eldest = &live[i % length];

		free(*eldest);
		*eldest = touched(malloc(draw_size(&state, 4, 11)));
	}
	for (size_t i = 0; i < length; i++)
		free(live[i]);
	free(live);
}
