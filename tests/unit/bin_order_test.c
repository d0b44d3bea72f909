/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/bin_order.h"

/* Rows behind those that lie class by class: of named caches. */
#define NR_BEHIND 16u

/* Every number below the end is one row's and class's, and gives them back. */
static void test_numbers(void **state)
{
	static const uint32_t orders[] = { 0, 1, 2, 63, 64, 65, 1056, 4129 };

	(void)state;
	for (size_t i = 0; i < array_size(orders); i++) {
		uint32_t by_class = orders[i];
		uint32_t nr = (by_class + NR_BEHIND) * NR_CLASSES_MAX;

		for (uint32_t n = 0; n < nr; n++) {
			uint32_t row = bin_number_row(by_class, n);
			uint32_t class = bin_number_class(by_class, n);

			assert_true(class < NR_CLASSES_MAX);
			assert_true(row < by_class + NR_BEHIND);
			assert_int_equal(bin_number(by_class, row, class), n);
			if (row < by_class || !by_class)
				assert_int_equal(
					bin_number(by_class, row, 0) +
						bin_number(by_class, 0, class),
					n);
		}
	}
}

/* Neighbours in a class are neighbours in memory. */
static void test_by_class(void **state)
{
	(void)state;
	assert_int_equal(bin_number(1000, 7, 3), 3007);
	assert_int_equal(bin_number(1000, 8, 3), 3008);
	assert_int_equal(bin_number(0, 7, 3), 7 * NR_CLASSES_MAX + 3);
	assert_int_equal(bin_number(1000, 1000, 3), 1000 * NR_CLASSES_MAX + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_by_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
