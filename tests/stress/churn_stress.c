/* SPDX-License-Identifier: Apache-2.0 */
/*
 * churn_stress: thousands of threads that live for a moment.
 *
 * Usage: churn_stress [SEED [THREADS [ROUNDS]]]
 *
 * Each leaves blocks behind that another thread frees, frees blocks made by
 * threads that are gone, and allocates in a destructor of thread-specific
 * data, up to the last round that POSIX grants, or in that many rounds. What
 * a dead thread had at hand must come back: memory stays bounded.
 */
#include "stress.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NR_AT_ONCE  4
#define NR_LEFT	    40
#define NR_OWN	    60
#define MAX_RSS_MIB 192

struct visitor {
	pthread_t thread;
	struct stress_random random;
	struct stress_block left[NR_LEFT];
};

static pthread_key_t last_words;
static size_t nr_rounds = PTHREAD_DESTRUCTOR_ITERATIONS + 2;

static unsigned long resident_mib(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%*u %lu", &pages) != 1)
		stress_fail("statm");
	fclose(file);
	return pages * (unsigned long)sysconf(_SC_PAGESIZE) >> 20;
}

/* Runs in each round of destructors, the last ones after our library's. */
static void speak_last_words(void *value)
{
	size_t round = (size_t)value;
	void *p = malloc(round * 100);
	void *q = calloc(3, round * 7);

	if (!p || !q)
		stress_fail("no memory in a destructor");
	free(p);
	free(q);
	if (round < nr_rounds)
		pthread_setspecific(last_words, (void *)(round + 1));
}

static void *visit(void *arg)
{
	struct visitor *me = arg;
	struct stress_block own[NR_OWN];

	pthread_setspecific(last_words, (void *)1);
	for (int i = 0; i < NR_OWN; i++)
		if (!stress_block_make(&own[i], &me->random))
			stress_fail("out of memory");
	for (int i = 0; i < NR_LEFT; i++) {
		stress_block_free(&me->left[i]);
		if (!stress_block_make(&me->left[i], &me->random))
			stress_fail("out of memory");
	}
	for (int i = 0; i < NR_OWN; i++)
		stress_block_free(&own[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct visitor visitors[NR_AT_ONCE];
	uint64_t seed = stress_seed(argc > 1 ? argv[1] : NULL);
	unsigned int nr_threads = argc > 2 ? (unsigned int)atoi(argv[2]) : 4000;
	unsigned long rss;

	if (argc > 3)
		nr_rounds = (size_t)atoi(argv[3]);
	stress_watchdog(120);
	if (pthread_key_create(&last_words, speak_last_words))
		stress_fail("pthread_key_create");
	for (int i = 0; i < NR_AT_ONCE; i++)
		stress_random_init(&visitors[i].random, seed + (uint64_t)i);
	for (unsigned int i = 0; i < nr_threads; i++) {
		struct visitor *visitor = &visitors[i % NR_AT_ONCE];

		if (i >= NR_AT_ONCE)
			pthread_join(visitor->thread, NULL);
		if (pthread_create(&visitor->thread, NULL, visit, visitor))
			stress_fail("pthread_create");
	}
	for (int i = 0; i < NR_AT_ONCE; i++) {
		pthread_join(visitors[i].thread, NULL);
		for (int j = 0; j < NR_LEFT; j++)
			stress_block_free(&visitors[i].left[j]);
	}
	rss = resident_mib();
	if (rss > MAX_RSS_MIB)
		stress_fail("%u threads left %lu MiB", nr_threads, rss);
	return 0;
}
