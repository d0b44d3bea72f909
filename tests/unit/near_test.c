/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/near.h"

#include <pthread.h>
#include <string.h>

#define NR_TOKENS (4 * NR_NEAR)
#define NR_KEPT	  (2 * NR_NEAR)

static struct near table[NR_NEAR];

/* Four of them share each set. */
static uint64_t token_of(uint64_t i)
{
	return (i * 0x9e3779b97f4a7c15 & ~(NR_NEAR - 1ul)) | (i % NR_NEAR);
}

static uint32_t value_of(uint64_t token)
{
	return (uint32_t)(token >> 40) % NEAR_MAX + 1;
}

static bool is_there(uint64_t token)
{
	uint32_t value = near_find(table, token);

	if (!value)
		return false;
	assert_int_equal(value, value_of(token));
	return true;
}

static int begin(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	return 0;
}

/* The first two keep their set. */
static void test_first(void **state)
{
	(void)state;
	for (uint64_t i = 1; i < NR_TOKENS; i++) {
		assert_false(is_there(token_of(i)));
		near_put(table, token_of(i), value_of(token_of(i)));
		assert_true(is_there(token_of(i)) == (i <= NR_KEPT));
	}
	for (uint64_t i = 1; i <= NR_KEPT; i++)
		assert_true(is_there(token_of(i)));
}

/* Tokens whose upper bits are those of an empty entry. */
static void test_small(void **state)
{
	(void)state;
	for (uint64_t token = 0; token < NR_NEAR; token++)
		assert_false(is_there(token));
	for (uint64_t token = 1; token < NR_NEAR; token++) {
		near_put(table, token, value_of(token));
		assert_true(is_there(token));
		assert_false(is_there(token + NR_NEAR));
	}
	assert_false(is_there(0));
}

/* Each bit of a token counts. */
static void test_bits(void **state)
{
	(void)state;
	near_put(table, token_of(5), value_of(token_of(5)));
	near_put(table, token_of(5), value_of(token_of(5)));
	assert_int_equal(table[token_of(5) % NR_NEAR].ways[1], 0);
	for (int bit = 0; bit < 64; bit++)
		assert_false(is_there(token_of(5) ^ 1ul << bit));
}

static void *put_all(void *unused)
{
	for (uint64_t i = 1; i < NR_TOKENS; i++) {
		near_put(table, token_of(i), value_of(token_of(i)));
		is_there(token_of(i / 2 + 1));
	}
	return unused;
}

/* Whoever wins, no token has another's value. */
static void test_threads(void **state)
{
	pthread_t threads[4];
	size_t nr_there = 0;

	(void)state;
	for (size_t i = 0; i < array_size(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, put_all, NULL), 0);
	for (size_t i = 0; i < array_size(threads); i++)
		pthread_join(threads[i], NULL);
	for (uint64_t i = 1; i < NR_TOKENS; i++)
		nr_there += is_there(token_of(i));
	assert_int_equal(nr_there, NR_KEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_first, begin),
		cmocka_unit_test_setup(test_small, begin),
		cmocka_unit_test_setup(test_bits, begin),
		cmocka_unit_test_setup(test_threads, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
