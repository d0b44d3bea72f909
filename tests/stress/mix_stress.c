/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mix_stress: threads make, resize and free blocks, and free each other's.
 *
 * Usage: mix_stress [SEED [THREADS [OPERATIONS]]]
 *
 * The threads stand in a ring; each hands some of its blocks to the next,
 * which checks and frees them. Every byte that was filled is checked.
 */
#include "stress.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#define NR_BLOCKS   512
#define NR_MAIL	    256
#define MAX_THREADS 64

/* One giver, one taker: entry i is full while given > i >= taken. */
struct mailbox {
	struct stress_block block[NR_MAIL];
	atomic_size_t given;
	atomic_size_t taken;
};

struct worker {
	pthread_t thread;
	struct stress_random random;
	struct mailbox inbox;
	struct mailbox *outbox;
	struct stress_block block[NR_BLOCKS];
};

static struct worker workers[MAX_THREADS];
static unsigned long nr_operations = 120000;
static atomic_uint nr_busy;

static bool give(struct mailbox *box, const struct stress_block *block)
{
	size_t given = atomic_load_explicit(&box->given, memory_order_relaxed);

	if (given - atomic_load_explicit(&box->taken, memory_order_acquire) ==
	    NR_MAIL)
		return false;
	box->block[given % NR_MAIL] = *block;
	/* Pairs with the acquire in take(). */
	atomic_store_explicit(&box->given, given + 1, memory_order_release);
	return true;
}

static bool take(struct mailbox *box)
{
	size_t taken = atomic_load_explicit(&box->taken, memory_order_relaxed);

	if (taken == atomic_load_explicit(&box->given, memory_order_acquire))
		return false;
	stress_block_free(&box->block[taken % NR_MAIL]);
	/* Pairs with the acquire in give(). */
	atomic_store_explicit(&box->taken, taken + 1, memory_order_release);
	return true;
}

static void step(struct worker *me)
{
	struct stress_block *block =
		&me->block[stress_below(&me->random, NR_BLOCKS)];

	if (!block->p) {
		if (!stress_block_make(block, &me->random))
			stress_fail("out of memory");
		return;
	}
	switch (stress_below(&me->random, 8)) {
	case 0:
		if (!stress_block_resize(block, &me->random))
			stress_fail("out of memory");
		return;
	case 1 ... 3:
		if (give(me->outbox, block)) {
			*block = (struct stress_block){ 0 };
			return;
		}
	}
	stress_block_free(block);
}

static void *work(void *arg)
{
	struct worker *me = arg;

	for (unsigned long i = 0; i < nr_operations; i++) {
		step(me);
		if (i % 4 == 0)
			take(&me->inbox);
	}
	for (int i = 0; i < NR_BLOCKS; i++)
		stress_block_free(&me->block[i]);
	atomic_fetch_sub(&nr_busy, 1);
	/* The last of the giver's mail may still be on its way. */
	while (take(&me->inbox) || atomic_load(&nr_busy))
		sched_yield();
	while (take(&me->inbox))
		;
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t seed = stress_seed(argc > 1 ? argv[1] : NULL);
	unsigned int nr_threads = argc > 2 ? (unsigned int)atoi(argv[2]) : 4;

	if (argc > 3)
		nr_operations = strtoul(argv[3], NULL, 0);
	if (!nr_threads || nr_threads > MAX_THREADS)
		return 2;
	stress_watchdog(120);
	atomic_store(&nr_busy, nr_threads);
	for (unsigned int i = 0; i < nr_threads; i++) {
		struct worker *worker = &workers[i];

		worker->outbox = &workers[(i + 1) % nr_threads].inbox;
		stress_random_init(&worker->random, seed + i);
		if (pthread_create(&worker->thread, NULL, work, worker))
			stress_fail("pthread_create");
	}
	for (unsigned int i = 0; i < nr_threads; i++)
		pthread_join(workers[i].thread, NULL);
	return 0;
}
