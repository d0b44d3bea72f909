/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/heap_histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_sums(void **state)
{
	struct snapshot_cache caches[] = {
		{ .domain = DOMAIN_DATA,
		  .partition = 1,
		  .object_size = 16,
		  .live_objects = 5 },
		{ .domain = DOMAIN_DATA,
		  .partition = 1,
		  .object_size = 32,
		  .live_objects = 2 },
		{ .domain = DOMAIN_UNKNOWN,
		  .partition = 0,
		  .is_large = true,
		  .object_size = 4096,
		  .live_objects = 1 },
	};
	struct snapshot snapshot = {
		.pid = 42,
		.program = "prog",
		.mode = "typed",
		.partitions = { [DOMAIN_DATA] = 2,
				[DOMAIN_POINTER] = 1,
				[DOMAIN_UNKNOWN] = 3 },
		.allocations = { [DOMAIN_DATA] = 60,
				 [DOMAIN_POINTER] = 20,
				 [DOMAIN_UNKNOWN] = 20 },
		.caches = caches,
		.nr_caches = 3,
	};
	struct histogram got;

	(void)state;
	assert_int_equal(heap_histogram_fill(&got, &snapshot), 0);
	assert_non_null(strstr(got.title, "prog (42): mode typed"));
	assert_int_equal(got.nr_groups, 3);
	assert_int_equal(got.groups[0].nr_rows, 2);
	assert_int_equal(got.groups[1].nr_rows, 1);
	assert_int_equal(got.groups[2].nr_rows, 3);
	assert_string_equal(got.groups[0].rows[1].label, "data-01");
	assert_int_equal(got.groups[0].rows[0].objects, 0);
	assert_int_equal(got.groups[0].rows[1].objects, 7);
	assert_int_equal(got.groups[0].rows[1].bytes, 5 * 16 + 2 * 32);
	assert_int_equal(got.groups[1].objects, 0);
	assert_int_equal(got.groups[2].bytes, 4096);
	assert_int_equal(got.nr_notes, 2);
	assert_non_null(strstr(got.notes[0], "80.0 % of 100"));
	assert_non_null(strstr(got.notes[1], "1.0 of 3"));
	histogram_fini(&got);
}

/* An empty heap divides nothing by zero. */
static void test_empty(void **state)
{
	struct snapshot snapshot = { .partitions = { 0, 0, 0 } };
	struct histogram got;

	(void)state;
	assert_int_equal(heap_histogram_fill(&got, &snapshot), 0);
	assert_non_null(strstr(got.notes[0], "0.0 % of 0"));
	assert_non_null(strstr(got.notes[1], "0.0 of 0"));
	histogram_fini(&got);
}

static void test_many_partitions(void **state)
{
	struct snapshot_cache cache = { .domain = DOMAIN_POINTER,
					.partition = 1000,
					.object_size = 1,
					.live_objects = 1 };
	struct snapshot snapshot = {
		.partitions = { [DOMAIN_DATA] = HEAP_HISTOGRAM_ALL_ROWS,
				[DOMAIN_POINTER] = 4096,
				[DOMAIN_UNKNOWN] = 1 },
		.caches = &cache,
		.nr_caches = 1,
	};
	struct histogram got;

	(void)state;
	assert_int_equal(heap_histogram_fill(&got, &snapshot), 0);
	assert_int_equal(got.groups[0].nr_rows, HEAP_HISTOGRAM_ALL_ROWS);
	assert_int_equal(got.groups[1].nr_rows, 1);
	assert_string_equal(got.groups[1].rows[0].label, "pointer-1000");
	assert_non_null(strstr(got.notes[0], "4095 empty"));
	histogram_fini(&got);
}

static void check_dedicated(uint64_t seen, const char *wanted)
{
	struct snapshot snapshot = {
		.partitions = { 1, 1, 1 },
		.allocations = { [DOMAIN_DATA] = 300, [DOMAIN_POINTER] = 100 },
		.types_seen = seen,
		.budget = 1024,
		.typed_in_shared = 100,
	};
	struct histogram got;

	assert_int_equal(heap_histogram_fill(&got, &snapshot), 0);
	assert_string_equal(got.notes[1], wanted);
	histogram_fini(&got);
}

static void test_dedicated(void **state)
{
	(void)state;
	check_dedicated(1000, "dedicated: 1000 of 1024 partitions taken; "
			      "0 types share others (25.0 % of typed "
			      "allocations)");
	check_dedicated(1030, "dedicated: 1024 of 1024 partitions taken; "
			      "6 types share others (25.0 % of typed "
			      "allocations)");
}

/* Behind the domains, by their names; there is no such group without them. */
static void test_named(void **state)
{
	struct snapshot_cache caches[] = {
		{ .domain = (enum domain)SNAPSHOT_NAMED,
		  .name = "inode_cache",
		  .object_size = 1000,
		  .live_objects = 3 },
		{ .domain = DOMAIN_DATA, .object_size = 16, .live_objects = 5 },
	};
	struct snapshot snapshot = {
		.program = "prog",
		.mode = "typed",
		.partitions = { 1, 1, 1 },
		.caches = caches,
		.nr_caches = 2,
	};
	struct histogram got;

	(void)state;
	assert_int_equal(heap_histogram_fill(&got, &snapshot), 0);
	assert_int_equal(got.nr_groups, 4);
	assert_int_equal(got.groups[3].nr_rows, 1);
	assert_string_equal(got.groups[3].rows[0].label, "inode_cache");
	assert_int_equal(got.groups[3].rows[0].objects, 3);
	assert_int_equal(got.groups[3].rows[0].bytes, 3000);
	assert_int_equal(got.groups[0].objects, 5);
	histogram_fini(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_dedicated),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many_partitions),
	};

	return cmocka_run_group_tests_name("heap_histogram", tests, NULL, NULL);
}
