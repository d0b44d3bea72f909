/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/near.h"

#include <pthread.h>
#include <string.h>

#define NR_TOKENS (4 * NR_NEAR)

static struct near table[NR_NEAR];

/* Four of them share each entry. */
static uint64_t token_of(uint64_t i)
{
	return (i * 0x9e3779b97f4a7c15 & ~(NR_NEAR - 1ul)) | (i % NR_NEAR);
}

static uint32_t distance_of(uint64_t token)
{
	return (uint32_t)(token >> 40) << 5;
}

static bool is_there(uint64_t token)
{
	const struct near *near = near_look(table, token);

	if (!near_is_of(near, token))
		return false;
	assert_int_equal(near->distance, distance_of(token));
	return true;
}

static int begin(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	return 0;
}

/* The first one keeps its entry. */
static void test_first(void **state)
{
	(void)state;
	for (uint64_t i = 1; i < NR_TOKENS; i++) {
		assert_false(is_there(token_of(i)));
		near_put(table, token_of(i), distance_of(token_of(i)));
		assert_true(is_there(token_of(i)) == (i <= NR_NEAR));
	}
	for (uint64_t i = 1; i <= NR_NEAR; i++)
		assert_true(is_there(token_of(i)));
}

/* Who vanished before the token was written leaves an entry of nobody's. */
static void test_vanished(void **state)
{
	struct near *near = near_look(table, token_of(5));

	(void)state;
	near->is_taken = 1;
	near->distance = 77;
	near_put(table, token_of(5), distance_of(token_of(5)));
	assert_false(is_there(token_of(5)));
	assert_int_equal(near->token, 0);
}

static void *put_all(void *unused)
{
	for (uint64_t i = 1; i < NR_TOKENS; i++) {
		near_put(table, token_of(i), distance_of(token_of(i)));
		is_there(token_of(i / 2 + 1));
	}
	return unused;
}

/* Whoever wins, no token has another's distance. */
static void test_threads(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < array_size(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, put_all, NULL), 0);
	for (size_t i = 0; i < array_size(threads); i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < NR_NEAR; i++) {
		assert_int_equal(table[i].token % NR_NEAR, i);
		assert_true(is_there(table[i].token));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_first, begin),
		cmocka_unit_test_setup(test_vanished, begin),
		cmocka_unit_test_setup(test_threads, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
