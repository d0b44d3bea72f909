/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/kmalloc_histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool has_note(const struct histogram *histogram, const char *text)
{
	for (size_t i = 0; i < histogram->nr_notes; i++) {
		if (strstr(histogram->notes[i], text))
			return true;
	}
	return false;
}

static void test_typed(void **state)
{
	struct kmalloc_row rows[] = {
		{ "kmalloc-part-15", KMALLOC_NORMAL, false, true, 15, 30, 300 },
		{ "kmalloc-part-08", KMALLOC_NORMAL, false, true, 8, 5, 50 },
		{ "kmalloc-part-07", KMALLOC_NORMAL, false, true, 7, 10, 100 },
		{ "kmalloc", KMALLOC_NORMAL, false, false, 0, 5, 50 },
		{ "kmalloc-unk-00", KMALLOC_NORMAL, true, false, 0, 50, 500 },
		/* A kind without partitions counts in no half. */
		{ "kmalloc-cg", KMALLOC_ACCOUNTED, false, false, 0, 7, 70 },
		{ "dma-kmalloc", KMALLOC_DMA, false, false, 0, 0, 0 },
	};
	struct kmalloc_rows all = { rows, sizeof(rows) / sizeof(rows[0]) };
	struct histogram got;

	(void)state;
	assert_int_equal(kmalloc_histogram_fill(&got, "here", &all), 0);
	assert_string_equal(got.title, "kmalloc caches of here");
	assert_int_equal(got.nr_groups, 3); /* no dma: nothing there */
	assert_string_equal(got.groups[0].label, "normal");
	assert_int_equal(got.groups[0].nr_rows, 4);
	assert_string_equal(got.groups[1].label, "normal, unknown");
	assert_string_equal(got.groups[2].label, "accounted");
	assert_int_equal(got.groups[2].objects, 7);
	assert_true(has_note(&got, "rows 15-8, with pointers, 35 objects; "
				   "rows 7-0, without, 15; unknown 50"));
	assert_true(has_note(&got, "kmalloc-unk-00, 50.0 % of 100 objects"));
	histogram_fini(&got);
}

static void test_plain(void **state)
{
	struct kmalloc_row rows[] = {
		{ "kmalloc", KMALLOC_NORMAL, false, false, 0, 0, 0 },
	};
	struct kmalloc_rows all = { rows, 1 };
	struct histogram got;

	(void)state;
	assert_int_equal(kmalloc_histogram_fill(&got, "here", &all), 0);
	assert_int_equal(got.nr_groups, 1);
	assert_int_equal(got.nr_notes, 0);
	histogram_fini(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests_name("kmalloc_histogram", tests, NULL,
					   NULL);
}
