/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"

static void test_round(void **state)
{
	(void)state;
	for (size_t align = 1; align <= 4096; align *= 2) {
		for (size_t n = 0; n < 10000; n++) {
			size_t up = round_up(n, align);
			size_t down = round_down(n, align);

			assert_true(up >= n && up - n < align);
			assert_true(down <= n && n - down < align);
			assert_int_equal(up % align, 0);
			assert_int_equal(down % align, 0);
		}
	}
	assert_true(round_up(SIZE_MAX - 15, 16) == SIZE_MAX - 15);
	assert_true(round_down(SIZE_MAX, 16) == SIZE_MAX - 15);
}

static void test_power_of_two(void **state)
{
	unsigned int found = 0;

	(void)state;
	assert_false(is_power_of_two(0));
	for (unsigned int shift = 0; shift < 64; shift++)
		assert_true(is_power_of_two(1ul << shift));
	for (size_t n = 0; n <= 65536; n++)
		found += is_power_of_two(n);
	assert_int_equal(found, 17);
	assert_false(is_power_of_two(SIZE_MAX));
}

static void test_size_mul(void **state)
{
	static const struct {
		size_t a, b;
		bool fits;
	} cases[] = {
		{ 0, 0, true },
		{ 0, SIZE_MAX, true },
		{ SIZE_MAX, 0, true },
		{ 1, SIZE_MAX, true },
		{ SIZE_MAX, 1, true },
		{ 2, SIZE_MAX / 2, true },
		{ 2, SIZE_MAX / 2 + 1, false },
		{ 1ul << 32, 1ul << 32, false },
		{ (1ul << 32) - 1, (1ul << 32) + 1, true },
		{ SIZE_MAX, SIZE_MAX, false },
		{ 3, SIZE_MAX / 3, true },
		{ 3, SIZE_MAX / 3 + 1, false },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		size_t product;

		assert_true(size_mul(cases[i].a, cases[i].b, &product) ==
			    cases[i].fits);
		if (cases[i].fits)
			assert_true(product == cases[i].a * cases[i].b);
	}
}

static void test_size_round_up(void **state)
{
	size_t out = 12345;

	(void)state;
	assert_true(size_round_up(0, 4096, &out));
	assert_int_equal(out, 0);
	assert_true(size_round_up(1, 4096, &out));
	assert_int_equal(out, 4096);
	assert_true(size_round_up(SIZE_MAX - 4095, 4096, &out));
	assert_true(out == SIZE_MAX - 4095);
	for (size_t back = 0; back < 4095; back++)
		assert_false(size_round_up(SIZE_MAX - back, 4096, &out));
	assert_true(size_round_up(SIZE_MAX, 1, &out));
	assert_true(out == SIZE_MAX);
}

static void test_min_max(void **state)
{
	(void)state;
	assert_int_equal(size_min(3, 4), 3);
	assert_int_equal(size_min(4, 3), 3);
	assert_true(size_max(0, SIZE_MAX) == SIZE_MAX);
	assert_true(size_max(SIZE_MAX, 0) == SIZE_MAX);
	assert_int_equal(size_max(5, 5), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_power_of_two),
		cmocka_unit_test(test_size_mul),
		cmocka_unit_test(test_size_round_up),
		cmocka_unit_test(test_min_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
