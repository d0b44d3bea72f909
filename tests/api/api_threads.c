/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_threads: the heap serves threads from birth to death: with stacks of
 * 16 KiB, in the destructors of their thread-local variables, beside an
 * exit() of the process; and keeps nothing of those that are gone.
 */
#include "api.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* glibc's part of C++'s thread_local, callable from C. */
int __cxa_thread_atexit_impl(void (*function)(void *), void *object,
			     void *library);
extern void *__dso_handle __attribute__((visibility("hidden")));

static bool use_heap(void)
{
	static const size_t sizes[] = { 1, 100, 3000, 50000, 400000, 3000000 };

	for (size_t i = 0; i < API_ARRAY_SIZE(sizes); i++) {
		unsigned char *p = malloc(sizes[i]);
		unsigned char *zero = calloc(1, sizes[i]);
		void *aligned = aligned_alloc(1024, sizes[i]);
		size_t looked_at;

		if (!p || !zero || !aligned || zero[sizes[i] - 1])
			return false;
		looked_at = sizes[i] < 4 * KIB ? sizes[i] : 4 * KIB;
		api_fill(p, looked_at, i);
		p = realloc(p, sizes[i] * 2);
		if (!p || !api_is_filled(p, looked_at, i))
			return false;
		free(aligned);
		free(p);
		free(zero);
	}
	return true;
}

static void *use_heap_once(void *unused)
{
	(void)unused;
	return use_heap() ? &use_heap : NULL;
}

static void the_smallest_stack_is_enough(void **state)
{
	pthread_t threads[8];
	pthread_attr_t attributes;
	size_t size = 16 * KIB;

	(void)state;
	pthread_attr_init(&attributes);
	/* 16 KiB on x86-64, 128 on aarch64. */
	while (pthread_attr_setstacksize(&attributes, size))
		size *= 2;
	assert_true(size <= 128 * KIB);
	for (size_t i = 0; i < API_ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], &attributes,
						use_heap_once, NULL),
				 0);
	for (size_t i = 0; i < API_ARRAY_SIZE(threads); i++) {
		void *result = NULL;

		pthread_join(threads[i], &result);
		assert_non_null(result);
	}
	pthread_attr_destroy(&attributes);
}

static pthread_key_t keys[3];
static atomic_int nr_key_visits;
static atomic_int nr_local_visits;
static atomic_int nr_failures;

/* Comes back as often as POSIX lets it: after the heap's own key too. */
static void leave_key(void *value)
{
	size_t *round = value;
	size_t *next = malloc(sizeof(*next));

	if (!next || !use_heap())
		atomic_fetch_add(&nr_failures, 1);
	atomic_fetch_add(&nr_key_visits, 1);
	if (next) {
		*next = *round + 1;
		pthread_setspecific(keys[*round % API_ARRAY_SIZE(keys)], next);
	}
	free(round);
}

static void leave_local(void *object)
{
	if (!use_heap())
		atomic_fetch_add(&nr_failures, 1);
	atomic_fetch_add(&nr_local_visits, 1);
	free(object);
}

static void *leave_work_for_the_end(void *unused)
{
	size_t *first = calloc(1, sizeof(*first));

	(void)unused;
	if (pthread_setspecific(keys[0], first) ||
	    __cxa_thread_atexit_impl(leave_local, malloc(100), &__dso_handle))
		atomic_fetch_add(&nr_failures, 1);
	return NULL;
}

static void destructors_of_thread_locals_allocate(void **state)
{
	enum {
		NR = 50
	};

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(keys); i++)
		assert_int_equal(pthread_key_create(&keys[i], leave_key), 0);
	for (unsigned int i = 0; i < NR; i++) {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL,
						leave_work_for_the_end, NULL),
				 0);
		pthread_join(thread, NULL);
	}
	assert_int_equal(atomic_load(&nr_failures), 0);
	assert_int_equal(atomic_load(&nr_local_visits), NR);
	assert_in_range(atomic_load(&nr_key_visits), NR * 2,
			NR * PTHREAD_DESTRUCTOR_ITERATIONS * 3);
}

static void *make_a_block(void *unused)
{
	unsigned char *p = malloc(777);

	(void)unused;
	if (p)
		api_fill(p, 777, 7);
	return p;
}

static void blocks_outlive_their_thread(void **state)
{
	void *blocks[100];

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++) {
		pthread_t thread;

		assert_int_equal(
			pthread_create(&thread, NULL, make_a_block, NULL), 0);
		pthread_join(thread, &blocks[i]);
	}
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++) {
		assert_non_null(blocks[i]);
		assert_true(api_is_filled(blocks[i], 777, 7));
		blocks[i] = realloc(blocks[i], 7777);
		assert_true(api_is_filled(blocks[i], 777, 7));
		free(blocks[i]);
	}
}

static void *visit_many_sizes(void *unused)
{
	void *blocks[64];

	(void)unused;
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++) {
		blocks[i] = malloc(i * 61 + 1);
		memset(blocks[i], 1, i * 61 + 1);
	}
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++)
		free(blocks[i]);
	return NULL;
}

/* A page kept for each of these would show as 16 MiB or more. */
static void the_dead_leave_nothing(void **state)
{
	size_t before = 0;

	(void)state;
	api_needs("a count of the program's own memory");
	for (unsigned int i = 0; i < 4100; i++) {
		pthread_t thread;

		assert_int_equal(
			pthread_create(&thread, NULL, visit_many_sizes, NULL),
			0);
		pthread_join(thread, NULL);
		if (i == 99)
			before = api_resident();
	}
	assert_true(api_resident() < before + 8 * MIB);
}

enum {
	NR_SEATS = 64,
	NR_HANDS = 4,
	NR_PASSES = 60000
};

static _Atomic(size_t *) seats[NR_SEATS];

/* Takes what another thread left, checks it, frees it, leaves its own. */
static void *pass_blocks(void *seed)
{
	uint64_t random = *(uint64_t *)seed;

	for (unsigned int i = 0; i < NR_PASSES; i++) {
		uint64_t r = api_random(&random);
		size_t size = sizeof(size_t) + (r >> 16) % 3000;
		size_t *p = malloc(size), *other;

		if (!p)
			return NULL;
		*p = size;
		api_fill(p + 1, size - sizeof(size_t), (unsigned int)size);
		other = atomic_exchange(&seats[r % NR_SEATS], p);
		if (other && !api_is_filled(other + 1, *other - sizeof(size_t),
					    (unsigned int)*other))
			return NULL;
		free(other);
	}
	return seed;
}

static void blocks_pass_between_threads(void **state)
{
	uint64_t seeds[NR_HANDS], random = api_seed();
	pthread_t threads[NR_HANDS];

	(void)state;
	for (unsigned int i = 0; i < NR_HANDS; i++) {
		seeds[i] = api_random(&random);
		assert_int_equal(pthread_create(&threads[i], NULL, pass_blocks,
						&seeds[i]),
				 0);
	}
	for (unsigned int i = 0; i < NR_HANDS; i++) {
		void *result = NULL;

		pthread_join(threads[i], &result);
		assert_non_null(result);
	}
	for (unsigned int i = 0; i < NR_SEATS; i++)
		free(seats[i]);
}

static void *use_heap_for_ever(void *started)
{
	for (;;) {
		if (!use_heap())
			_exit(3);
		atomic_fetch_add((atomic_int *)started, 1);
	}
	return NULL;
}

static void use_heap_at_exit(void)
{
	for (unsigned int i = 0; i < 5; i++) {
		if (!use_heap())
			_exit(4);
	}
}

static int exit_beside_threads(void)
{
	static atomic_int started;
	pthread_t thread;

	atexit(use_heap_at_exit);
	for (unsigned int i = 0; i < 3; i++) {
		if (pthread_create(&thread, NULL, use_heap_for_ever, &started))
			return 2;
	}
	while (atomic_load(&started) < 6)
		sched_yield();
	exit(42);
}

static void exit_beside_busy_threads(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(api_in_child(exit_beside_threads), 42);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_smallest_stack_is_enough),
		cmocka_unit_test(destructors_of_thread_locals_allocate),
		cmocka_unit_test(blocks_outlive_their_thread),
		cmocka_unit_test(the_dead_leave_nothing),
		cmocka_unit_test(blocks_pass_between_threads),
		cmocka_unit_test(exit_beside_busy_threads),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
