/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/pocket.h"
#include "heap/view.h"
#include "tests/unit/own.h"

#define SITE 5
#define SIZE 48
#define BIG  100000

static struct own own;
static const struct live_reader reader = { read_own, &own, NULL };

static struct view view_of_own(int fails_at)
{
	struct view view = {
		.reader = &reader,
		.layout = &layout,
		.first_heap = (uintptr_t)thread_heaps,
	};

	own = (struct own){ .fails_at = fails_at };
	return view;
}

static unsigned int row_of_test(void)
{
	return layout_row(0, SITE);
}

static void *churn(void *unused)
{
	void *p[40];

	(void)unused;
	for (size_t i = 0; i < array_size(p); i++)
		p[i] = heap_alloc(SIZE, 0, SITE);
	for (size_t i = 0; i < array_size(p); i++)
		heap_free(p[i]);
	return NULL;
}

/* Of all threads, those that ended among them. */
static void test_bin(void **state)
{
	struct bin_sums sums = { .bin = bin_offset(row_of_test(),
						   class_of(SIZE)) };
	struct bin_sums before = sums;
	struct view view = view_of_own(0);

	(void)state;
	assert_true(view_sum_bin(&view, &before));
	unit_run_threads(churn, 8);
	view = view_of_own(0);
	assert_true(view_sum_bin(&view, &sums));
	assert_int_equal(sums.allocs, before.allocs + 8 * 40);
	assert_int_equal(sums.in_stock, thread_slots_in_stock(sums.bin));
	assert_true(sums.in_stock > 0);
}

static uint64_t allocs_of_row(struct view *view)
{
	const struct partition *partition = &layout.partitions[row_of_test()];
	uint64_t allocs =
		partition->nr_large_allocs + partition->nr_binless_allocs;
	struct row_sums sums;

	assert_true(view_sum_row(view, row_of_test(), partition, &sums));
	for (unsigned int class = 0; class < NR_CLASSES_MAX; class ++)
		allocs += sums.bins[class].allocs;
	return allocs;
}

/* Each allocation of a row counts once, out of a pocket or not. */
static void test_row(void **state)
{
	struct view view = view_of_own(0);
	uint64_t before = allocs_of_row(&view);

	(void)state;
	for (int i = 0; i < 100; i++) {
		heap_free(heap_alloc(BIG, 0, SITE));
		heap_free(heap_alloc(SIZE, 0, SITE));
	}
	assert_int_equal(allocs_of_row(&view), before + 200);
}

/* What lies in a pocket is no live object, and no other row's. */
static void test_pockets(void **state)
{
	uint32_t bin = bin_offset(row_of_test(), CLASS_LARGE);
	struct view view = view_of_own(0);
	struct partition partition;
	char *live = heap_alloc(BIG, 0, SITE);

	(void)state;
	for (int i = 0; i < 10; i++)
		heap_free(heap_alloc(BIG, 0, SITE));
	partition = layout.partitions[row_of_test()];
	assert_int_equal(partition.nr_large, 2);
	assert_true(view_take_off_pockets(
		&view, bin_offset(row_of_test() + 1, CLASS_LARGE), &partition));
	assert_int_equal(partition.nr_large, 2);
	assert_true(view_take_off_pockets(&view, bin, &partition));
	assert_int_equal(partition.nr_large, 1);
	assert_int_equal(partition.large_bytes, large_usable(BIG));
	heap_free(live);
	thread_flush(thread_enter());
}

/* Whichever read fails, it is said. */
static void test_unreadable(void **state)
{
	struct partition *partition = &layout.partitions[row_of_test()];
	struct view view = view_of_own(0);
	struct row_sums sums;
	int nr;

	(void)state;
	assert_true(view_sum_row(&view, row_of_test(), partition, &sums));
	nr = own.nr_reads;
	assert_true(nr > 2);
	for (int i = 1; i <= nr; i++) {
		view = view_of_own(i);
		assert_false(
			view_sum_row(&view, row_of_test(), partition, &sums));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bin),
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_pockets),
		cmocka_unit_test(test_unreadable),
	};

	heap_free(heap_alloc(SIZE, 0, SITE));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
