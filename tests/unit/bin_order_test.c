/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/bin_order.h"

/* Rows behind those that lie class by class: of named caches. */
#define NR_BEHIND 16u

/* Every number below the end is one row's and class's, and gives them back. */
static void test_numbers(void **state)
{
	static const struct bin_order orders[] = { { 0, 0 },	 { 16, 0 },
						   { 0, 1 },	 { 0, 65 },
						   { 1, 64 },	 { 256, 67 },
						   { 16, 1056 }, { 1024, 4129 },
						   { 3, 1024 } };

	(void)state;
	for (size_t i = 0; i < array_size(orders); i++) {
		struct bin_order order = orders[i];
		uint32_t rows = order.first + order.nr + NR_BEHIND;

		for (uint32_t n = 0; n < rows * NR_CLASSES_MAX; n++) {
			uint32_t row = bin_number_row(order, n);
			uint32_t class = bin_number_class(order, n);

			assert_true(class < NR_CLASSES_MAX);
			assert_true(row < rows);
			assert_int_equal(bin_number(order, row, class), n);
			assert_int_equal(
				bin_number(order, row, 0) +
					class * bin_class_step(order, row),
				n);
		}
	}
}

/* Neighbours in a class are neighbours in memory, or neighbours in a row. */
static void test_by_class(void **state)
{
	const struct bin_order order = { 16, 1000 };
	const uint32_t first = 16 * NR_CLASSES_MAX;

	(void)state;
	assert_int_equal(bin_number(order, 16 + 7, 3), first + 3007);
	assert_int_equal(bin_number(order, 16 + 8, 3), first + 3008);
	assert_int_equal(bin_number(order, 15, 3), 15 * NR_CLASSES_MAX + 3);
	assert_int_equal(bin_number(order, 1016, 3), 1016 * NR_CLASSES_MAX + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_by_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
