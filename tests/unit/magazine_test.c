/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "cache/magazine.h"

#define SLOTS 8

static void test_zero(void **state)
{
	const struct bin bin = { 0 };

	(void)state;
	assert_true(magazine_is_empty(&bin));
	assert_true(magazine_is_full(&bin));
	assert_int_equal(magazine_count(&bin), 0);
}

/* The newest first, and neither end is passed. */
static void test_last_in_first_out(void **state)
{
	struct slot storage[SLOTS + 2] = { 0 };
	struct slot *base = storage + 1;
	struct bin bin = { base, base, base + SLOTS, 0 };
	char objects[SLOTS];
	uint8_t states[SLOTS];

	(void)state;
	for (unsigned int high = 1; high <= SLOTS; high++) {
		for (unsigned int i = 0; i < high; i++) {
			assert_false(magazine_is_full(&bin));
			magazine_push(&bin, &objects[i], &states[i]);
			assert_false(magazine_is_empty(&bin));
			assert_int_equal(magazine_count(&bin), i + 1);
		}
		assert_int_equal(magazine_is_full(&bin), high == SLOTS);
		for (unsigned int i = high; i-- > 0;) {
			struct slot slot = magazine_pop(&bin);

			assert_ptr_equal(slot.address, &objects[i]);
			assert_ptr_equal(slot.state, &states[i]);
			assert_int_equal(magazine_count(&bin), i);
		}
		assert_true(magazine_is_empty(&bin));
	}
	assert_null(storage[0].address);
	assert_null(storage[SLOTS + 1].address);
	assert_int_equal(bin.nr_allocs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_last_in_first_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
