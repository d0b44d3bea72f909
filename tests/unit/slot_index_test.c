/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/size_class.h"
#include "policy/slot_index.h"

/* Whether the answer for @offset is what a division says. */
static bool is_right(uint32_t offset, uint64_t size, uint64_t reciprocal)
{
	unsigned __int128 product = slot_product(offset, reciprocal);

	if (offset % size)
		return !slot_begins(product, reciprocal);
	return slot_begins(product, reciprocal) &&
	       slot_number(product) == offset / size;
}

/* Every offset of a slab of every class, where pages are largest. */
static void test_every_offset(void **state)
{
	const size_t grain = 64ul << 10;

	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		uint32_t size = class_size(class);
		uint64_t reciprocal = slot_reciprocal(size);

		for (uint32_t at = 0; at < class_span(class, grain); at++)
			assert_true(is_right(at, size, reciprocal));
	}
}

/* All offsets there are, for a size of each kind. */
static void test_all_31_bits(void **state)
{
	static const uint32_t sizes[] = { 48, 20480, 32768 };
	uint64_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < array_size(sizes); i++) {
		uint64_t reciprocal = slot_reciprocal(sizes[i]);

		for (uint32_t at = 0; at <= INT32_MAX; at += i ? 16 : 1)
			wrong += !is_right(at, sizes[i], reciprocal);
	}
	assert_int_equal(wrong, 0);
}

/* All sizes, not only those of classes, at random offsets. */
static void test_random(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (unsigned int i = 0; i < 2000000; i++) {
		uint32_t size = (unit_random(&seed) & INT32_MAX) + 2;
		uint32_t offset = unit_random(&seed) & INT32_MAX;
		uint64_t reciprocal;

		size = size >> unit_random(&seed) % 30 | 2;
		reciprocal = slot_reciprocal(size);
		assert_true(is_right(offset, size, reciprocal));
		offset -= offset % size;
		assert_true(is_right(offset, size, reciprocal));
		if (offset)
			assert_true(is_right(offset - 1, size, reciprocal));
		assert_true(is_right(offset + 1, size, reciprocal));
	}
}

/* One slot, larger than the chunk that its record speaks for. */
static void test_only_slot(void **state)
{
	(void)state;
	for (unsigned int bits = CHUNK_SHIFT; bits < 47; bits++) {
		for (uint32_t at = 0; at < CHUNK_SIZE; at++) {
			uint64_t size = (1ul << bits) + at;

			assert_true(is_right(at, size, slot_reciprocal(size)));
		}
	}
}

static void test_no_size(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 100000; at++)
		assert_false(slot_begins(slot_product(at, 0), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_offset),
		cmocka_unit_test(test_all_31_bits),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_only_slot),
		cmocka_unit_test(test_no_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
