/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/size_class.h"
#include "policy/slot_index.h"

/* Every offset of a slab of every class, against a division. */
static void test_every_offset(void **state)
{
	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		uint32_t size = class_size(class);
		uint32_t span = class_span(class);
		struct slot_divisor by = slot_divisor_of(size);

		for (uint32_t offset = 0; offset < span; offset++) {
			uint32_t at = slot_index(offset, by.inverse, by.shift);

			if (offset % size == 0)
				assert_int_equal(at, offset / size);
			else
				assert_true(at > UINT32_MAX / size);
		}
	}
}

/* How many of all 2^32 offsets are not answered as promised. */
static uint64_t count_wrong(uint32_t size)
{
	struct slot_divisor by = slot_divisor_of(size);
	uint32_t most = UINT32_MAX / size;
	uint64_t wrong = 0;
	uint32_t offset = 0;

	for (uint32_t slot = 0; slot <= most; slot++) {
		uint32_t rest = slot < most ? size : UINT32_MAX % size + 1;

		wrong += slot_index(offset, by.inverse, by.shift) != slot;
		for (uint32_t inner = 1; inner < rest; inner++)
			wrong += slot_index(offset + inner, by.inverse,
					    by.shift) <= most;
		offset += rest;
	}
	return wrong;
}

static void test_all_32_bits(void **state)
{
	(void)state;
	assert_int_equal(count_wrong(48), 0);
}

/* All sizes, not only those of classes, at random offsets. */
static void test_random(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (unsigned int i = 0; i < 2000000; i++) {
		uint32_t size = unit_random(&seed) % 65536 + 1;
		uint32_t offset = unit_random(&seed);
		struct slot_divisor by = slot_divisor_of(size);
		uint32_t at = slot_index(offset, by.inverse, by.shift);

		if (offset % size == 0)
			assert_int_equal(at, offset / size);
		else
			assert_true(at > UINT32_MAX / size);
		offset -= offset % size;
		assert_int_equal(slot_index(offset, by.inverse, by.shift),
				 offset / size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_offset),
		cmocka_unit_test(test_all_32_bits),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
