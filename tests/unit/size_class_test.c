/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/size_class.h"

/* The stupid twin: the first class that will do. */
static unsigned int first_class(size_t size, size_t align)
{
	unsigned int class = 0;

	while (class < NR_CLASSES && (size_class_sizes[class] < size ||
				      size_class_sizes[class] % align))
		class ++;
	return class;
}

static void test_sizes(void **state)
{
	(void)state;
	assert_int_equal(class_size(0), CLASS_GRAIN);
	assert_int_equal(class_size(NR_CLASSES - 1), SMALL_MAX);
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		assert_int_equal(class_size(class) % CLASS_GRAIN, 0);
		if (class)
			assert_true(class_size(class) > class_size(class - 1));
		assert_int_equal(class_of(class_size(class)), class);
		if (class + 1 < NR_CLASSES)
			assert_int_equal(class_of(class_size(class) + 1),
					 class + 1);
	}
}

/* Every size there is. */
static void test_class_of(void **state)
{
	(void)state;
	assert_int_equal(class_of(0), class_of(1));
	for (size_t size = 0; size <= SMALL_MAX; size++)
		assert_int_equal(class_of(size), first_class(size, 1));
}

/* From 128 on no more than a fifth of a slot is lost. */
static void test_waste(void **state)
{
	(void)state;
	for (size_t size = 129; size <= SMALL_MAX; size++) {
		size_t slot = class_size(class_of(size));

		assert_true((slot - size) * 5 <= slot);
	}
}

static void test_aligned(void **state)
{
	(void)state;
	for (size_t align = 1; align <= CHUNK_SIZE; align *= 2) {
		for (size_t size = 0; size <= SMALL_MAX; size++)
			assert_int_equal(class_of_aligned(size, align),
					 first_class(size, align));
	}
	assert_int_equal(class_of_aligned(SMALL_MAX + 1, 1), NR_CLASSES);
	assert_int_equal(class_of_aligned(SIZE_MAX, 16), NR_CLASSES);
	assert_int_equal(class_of_aligned(0, CHUNK_SIZE * 2), NR_CLASSES);
	assert_int_equal(class_of_aligned(1, 1ul << 63), NR_CLASSES);
}

static void check_span(unsigned int class, size_t grain)
{
	size_t span = class_span(class, grain);
	size_t slots = span / class_size(class);

	assert_int_equal(span % grain, 0);
	assert_true(slots >= CLASS_SLOTS_LEAST);
	assert_true(slots <= UINT16_MAX);
	assert_true(span - grain < class_size(class) * CLASS_SLOTS_LEAST);
}

static void test_span(void **state)
{
	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		for (size_t grain = CHUNK_SIZE; grain <= 65536; grain *= 2)
			check_span(class, grain);
	}
}

static void overwrite(void *table)
{
	*(volatile uint8_t *)table = 39;
}

static void test_constant(void **state)
{
	struct unit_child child =
		unit_run(overwrite, (void *)(uintptr_t)size_class_table);

	(void)state;
	assert_int_not_equal(child.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes), cmocka_unit_test(test_class_of),
		cmocka_unit_test(test_waste), cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_span),  cmocka_unit_test(test_constant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
