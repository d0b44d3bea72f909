/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crowd_stress: 64 threads that free each other's blocks, and fork.
 *
 * Usage: crowd_stress [SECONDS [SEED [THREADS]]]
 *
 * Blocks go from thread to thread through cells that anybody may swap with.
 * Now and then a thread forks, by fork() or _Fork(), while the others go on:
 * the child frees what its parent's thread had and what cells it can get,
 * allocates for a while, and ends. Every byte that was filled is checked.
 */
#define _GNU_SOURCE
#include "tests/stress/stress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS   64
#define NR_BLOCKS     48
#define NR_CELLS      1024
#define STEPS_A_FORK  8000
#define STEPS_A_CHILD 400
#define CHILD_SECONDS 120

/* Whoever sets the flag has the cell. */
struct cell {
	atomic_flag is_taken;
	struct stress_block block;
};

struct worker {
	pthread_t thread;
	struct stress_random random;
	struct stress_block block[NR_BLOCKS];
};

static struct worker workers[MAX_THREADS];
static struct cell cells[NR_CELLS];
static time_t end;
static atomic_ulong nr_steps;
static atomic_ulong nr_forks;

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* Swaps the block with what lies in some cell, unless that is taken. */
static void swap(struct stress_block *block, struct stress_random *random)
{
	struct cell *cell = &cells[stress_below(random, NR_CELLS)];
	struct stress_block other;

	if (atomic_flag_test_and_set_explicit(&cell->is_taken,
					      memory_order_acquire))
		return;
	other = cell->block;
	cell->block = *block;
	/* Pairs with the acquire of the next who takes the cell. */
	atomic_flag_clear_explicit(&cell->is_taken, memory_order_release);
	*block = other;
}

static void step(struct worker *me)
{
	struct stress_block *block =
		&me->block[stress_below(&me->random, NR_BLOCKS)];

	switch (stress_below(&me->random, 8)) {
	case 0 ... 2:
		swap(block, &me->random);
		return;
	case 3:
		if (block->p && !stress_block_resize(block, &me->random))
			stress_fail("out of memory");
		return;
	}
	stress_block_free(block);
	if (!stress_block_make(block, &me->random))
		stress_fail("out of memory");
}

static void free_all(struct worker *me)
{
	for (int i = 0; i < NR_BLOCKS; i++)
		stress_block_free(&me->block[i]);
}

static void fork_once(struct worker *me)
{
	pid_t pid = stress_below(&me->random, 2) ? fork() : _Fork();
	int status = 0;

	if (!pid) {
		alarm(CHILD_SECONDS);
		for (int i = 0; i < STEPS_A_CHILD; i++)
			step(me);
		free_all(me);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		stress_fail("fork");
	if (status)
		stress_fail("a child ended with %#x", (unsigned int)status);
	atomic_fetch_add(&nr_forks, 1);
}

static void *work(void *arg)
{
	struct worker *me = arg;
	unsigned long steps = 0;

	while (++steps % 256 || now() < end) {
		step(me);
		if (!stress_below(&me->random, STEPS_A_FORK))
			fork_once(me);
	}
	free_all(me);
	atomic_fetch_add(&nr_steps, steps);
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? (unsigned int)atoi(argv[1]) : 3;
	uint64_t seed = stress_seed(argc > 2 ? argv[2] : NULL);
	unsigned int nr = argc > 3 ? (unsigned int)atoi(argv[3]) : MAX_THREADS;

	if (!nr || nr > MAX_THREADS)
		return 2;
	stress_watchdog(seconds + 120);
	end = now() + seconds;
	for (unsigned int i = 0; i < nr; i++) {
		stress_random_init(&workers[i].random, seed + i);
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			stress_fail("pthread_create");
	}
	for (unsigned int i = 0; i < nr; i++)
		pthread_join(workers[i].thread, NULL);
	for (int i = 0; i < NR_CELLS; i++)
		stress_block_free(&cells[i].block);
	printf("crowd: %u threads, %lu steps, %lu forks, seed %llu: clean\n",
	       nr, atomic_load(&nr_steps), atomic_load(&nr_forks),
	       (unsigned long long)seed);
	return 0;
}
