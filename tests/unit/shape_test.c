/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/layout.h"
#include "heap/shape.h"

static uint32_t value_of(const char *name)
{
	for (const struct shape_field *f = shape_fields; f->name[0]; f++) {
		if (!strncmp(f->name, name, sizeof(f->name)))
			return f->value;
	}
	fail_msg("no %s", name);
	return 0;
}

/* Through the table alone, from the symbols to what a slab says. */
static void test_values(void **state)
{
	struct slab slab = { .home = 1234, .size = 48, .bias = 2 };
	struct named named = { .name = "a cache" };
	const char *at = (const char *)&slab;

	(void)state;
	assert_memory_equal(at + value_of("slab_home"), &slab.home, 8);
	assert_memory_equal(at + value_of("slab_size"), &slab.size, 8);
	assert_memory_equal(at + value_of("slab_bias"), &slab.bias, 2);
	assert_string_equal((char *)&named + value_of("named_name"), "a cache");
	assert_int_equal(1u << value_of("chunk_shift"), CHUNK_SIZE);
	assert_int_equal(1u << value_of("record_shift"), sizeof(struct slab));
	assert_int_equal(1u << value_of("bin_shift"), sizeof(struct bin));
	assert_int_equal(1u << value_of("nr_classes_shift"), NR_CLASSES_MAX);
}

/* Every name is whole, has an end, and comes once. */
static void test_names(void **state)
{
	(void)state;
	for (const struct shape_field *f = shape_fields; f->name[0]; f++) {
		assert_non_null(memchr(f->name, 0, sizeof(f->name)));
		assert_int_equal(value_of(f->name), f->value);
		for (const struct shape_field *g = shape_fields; g < f; g++)
			assert_string_not_equal(f->name, g->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
