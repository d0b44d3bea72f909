/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/random.h"

#define NR_DRAWS 1000000

/* Each number below the limit comes as often as the next, within six sigma. */
static void test_below(void **state)
{
	static const uint32_t limits[] = { 1, 2, 3, 64, 320, 1000 };
	uint64_t seed = unit_seed() | 1;

	(void)state;
	for (size_t i = 0; i < array_size(limits); i++) {
		uint32_t limit = limits[i], mean = NR_DRAWS / limit;
		static uint32_t seen[1000];

		memset(seen, 0, sizeof(seen));
		for (int draw = 0; draw < NR_DRAWS; draw++) {
			uint32_t number = random_below(&seed, limit);

			assert_true(number < limit);
			seen[number]++;
		}
		for (uint32_t number = 0; number < limit; number++) {
			uint64_t off = seen[number] > mean
					       ? seen[number] - mean
					       : mean - seen[number];

			assert_true(off * off <= 36ul * mean);
		}
	}
}

static void test_states_differ(void **state)
{
	uint64_t first = unit_seed() | 1, now = first;

	(void)state;
	for (int i = 0; i < NR_DRAWS; i++) {
		assert_int_not_equal(random_next(&now), first);
		assert_int_not_equal(now, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_states_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
