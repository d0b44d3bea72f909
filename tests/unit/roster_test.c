/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/roster.h"

#include <pthread.h>

#define CAPACITY 1000u

static struct roster roster;
static uint32_t nr_listed;

static unsigned int row_of(uint32_t number, uint64_t token)
{
	return (number * 7 + token) % 9000;
}

static int begin(void **state)
{
	(void)state;
	nr_listed = 0;
	roster_init(&roster, calloc(1, roster_size(CAPACITY)), CAPACITY,
		    &nr_listed, row_of);
	return 0;
}

static int end(void **state)
{
	(void)state;
	roster_check(&roster);
	free(roster.tokens);
	return 0;
}

/* Many of them begin their look at the same place. */
static uint64_t token_of(uint32_t i)
{
	return (i / 5 + 1) | (uint64_t)(i % 5 + 1) << 40;
}

static void test_order(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CAPACITY; i++) {
		assert_int_equal(roster_find(&roster, token_of(i)), 0);
		assert_int_equal(roster_list(&roster, token_of(i)), i + 1);
		assert_int_equal(roster_nr(&roster), i + 1);
		roster_list(&roster, token_of(i / 2));
	}
	for (uint32_t i = 0; i < CAPACITY; i++) {
		assert_int_equal(roster_find(&roster, token_of(i)), i + 1);
		assert_int_equal(roster_list(&roster, token_of(i)), i + 1);
		assert_int_equal(roster_row(&roster, i + 1),
				 row_of(i + 1, token_of(i)));
	}
	/* All is full: nothing changes any more. */
	assert_int_equal(roster_list(&roster, token_of(CAPACITY)), 0);
	assert_int_equal(roster_find(&roster, token_of(CAPACITY)), 0);
	assert_int_equal(nr_listed, CAPACITY);
}

static void test_none(void **state)
{
	uint64_t memory[8] = { 0 };
	struct roster none;
	uint32_t nr = 0;

	(void)state;
	assert_true(roster_size(0) <= sizeof(memory));
	roster_init(&none, memory, 0, &nr, row_of);
	assert_int_equal(roster_list(&none, 7), 0);
	assert_int_equal(roster_find(&none, 7), 0);
	assert_int_equal(roster_nr(&none), 0);
	roster_check(&none);
}

/* A thread vanished behind each step; who comes next completes its entries. */
static void test_vanished(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		roster_list(&roster, token_of(i));
	roster.tokens[101] = token_of(100);
	roster.tokens[102] = token_of(101);
	assert_int_equal(roster_nr(&roster), 102);
	assert_int_equal(nr_listed, 100);
	assert_int_equal(roster_find(&roster, token_of(100)), 0);
	assert_int_equal(roster_list(&roster, token_of(101)), 102);
	assert_int_equal(nr_listed, 102);
	assert_int_equal(roster_find(&roster, token_of(100)), 101);
	roster.tokens[103] = token_of(102);
	assert_int_equal(roster_list(&roster, token_of(103)), 104);
	assert_int_equal(roster_find(&roster, token_of(102)), 103);
	/* In the index, and not counted. */
	nr_listed = 103;
	assert_int_equal(roster_list(&roster, token_of(104)), 105);
	assert_int_equal(nr_listed, 105);
}

#define NR_THREADS 4
#define NR_TOKENS  600u

static uint32_t numbers[NR_THREADS][NR_TOKENS];
static pthread_barrier_t barrier;

/* Each in an order of its own. */
static void *list_all(void *arg)
{
	uint32_t *mine = arg;
	uint32_t thread = (mine - numbers[0]) / NR_TOKENS;
	uint32_t step = thread < 2 ? 7 : 11; /* 600 has neither */

	pthread_barrier_wait(&barrier);
	for (uint32_t i = 0; i < NR_TOKENS; i++) {
		uint32_t at = (i * step + thread) % NR_TOKENS;

		mine[at] = roster_list(&roster, token_of(at));
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[NR_THREADS];

	(void)state;
	for (int round = 0; round < 20; round++) {
		memset(roster.tokens, 0, roster_size(CAPACITY));
		nr_listed = 0;
		pthread_barrier_init(&barrier, NULL, NR_THREADS);
		for (int i = 0; i < NR_THREADS; i++)
			pthread_create(&threads[i], NULL, list_all, numbers[i]);
		for (int i = 0; i < NR_THREADS; i++)
			pthread_join(threads[i], NULL);
		pthread_barrier_destroy(&barrier);
		assert_int_equal(nr_listed, NR_TOKENS);
		roster_check(&roster);
		for (uint32_t i = 0; i < NR_TOKENS; i++) {
			uint32_t number = roster_find(&roster, token_of(i));

			assert_true(roster.tokens[number] == token_of(i));
			for (int t = 0; t < NR_THREADS; t++)
				assert_int_equal(numbers[t][i], number);
		}
	}
}

static void harm(int how)
{
	begin(NULL);
	for (uint32_t i = 0; i < 10; i++)
		roster_list(&roster, token_of(i));
	if (how == 0)
		nr_listed = 11;
	else if (how == 1)
		roster.tokens[0] = 1;
	else if (how == 2)
		roster.rows[3]++;
	else if (how == 3)
		roster.tokens[4] = roster.tokens[3];
	else
		nr_listed = CAPACITY + 1;
	roster_check(&roster);
}

static void test_damage_is_seen(void **state)
{
	static const char *const words[] = { "roster", "roster", "roster",
					     "roster", "roster" };

	(void)state;
	unit_run_harms(harm, words, array_size(words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, begin, end),
		cmocka_unit_test(test_none),
		cmocka_unit_test_setup_teardown(test_vanished, begin, end),
		cmocka_unit_test_setup_teardown(test_threads, begin, end),
		cmocka_unit_test(test_damage_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
