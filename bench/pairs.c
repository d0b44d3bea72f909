/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs: nanoseconds per malloc/free pair on the workloads of `make gate`.
 *
 * One line a workload, "<name> <ns>"; the allocator is whatever the process
 * was linked or preloaded with. Sizes are log-uniform from 16 to 2,047 bytes;
 * each block's first word is written, as a program would.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NR_DRAWS (1u << 20)

static uint32_t sizes[NR_DRAWS];
static uint32_t picks[NR_DRAWS];

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static uint32_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 16;
}

static void fill_draws(void)
{
	uint64_t state = 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < NR_DRAWS; i++) {
		uint32_t octave = 16u << draw(&state) % 7;

		sizes[i] = octave + draw(&state) % octave;
		picks[i] = draw(&state);
	}
}

static void run_pairs(const char *name, size_t size, size_t nr)
{
	double start = now_ns();

	for (size_t i = 0; i < nr; i++) {
		uint64_t *volatile p = malloc(size);

		*p = i;
		free(p);
	}
	printf("%s %.2f\n", name, (now_ns() - start) / nr);
}

static void run_batch(const char *name, size_t size, size_t nr)
{
	static void *live[10000];
	double start = now_ns();

	for (size_t done = 0; done < nr; done += 10000) {
		for (size_t i = 0; i < 10000; i++) {
			live[i] = malloc(size);
			*(uint64_t *)live[i] = i;
		}
		for (size_t i = 0; i < 10000; i++)
			free(live[i]);
	}
	printf("%s %.2f\n", name, (now_ns() - start) / nr);
}

static void run_live(const char *name, size_t nr_live, size_t nr)
{
	void **live = calloc(nr_live, sizeof(*live));
	double start = 0;

	for (size_t i = 0; i < nr + 4 * nr_live; i++) {
		void **slot = &live[picks[i % NR_DRAWS] % nr_live];

		if (i == 4 * nr_live)
			start = now_ns();
		free(*slot);
		*slot = malloc(sizes[i % NR_DRAWS]);
		*(uint64_t *)*slot = i;
	}
	printf("%s %.2f\n", name, (now_ns() - start) / nr);
	for (size_t i = 0; i < nr_live; i++)
		free(live[i]);
	free(live);
}

int main(void)
{
	fill_draws();
	run_pairs("pair-16", 16, 20000000);
	run_pairs("pair-64", 64, 20000000);
	run_pairs("pair-1000", 1000, 20000000);
	run_batch("batch-64", 64, 10000000);
	run_live("live-1000", 1000, 8000000);
	run_live("live-50000", 50000, 4000000);
	return 0;
}
