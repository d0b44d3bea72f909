/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"
#include "os/os.h"

#include <errno.h>
#include <sys/auxv.h>

/* What is no multiple of it shows whether it is the page that counts. */
#define PAGES 8

static size_t page;
static size_t small;

static bool is_page(const void *p)
{
	return !((uintptr_t)p & (page - 1));
}

static char *reserve(size_t size)
{
	char *p = os_reserve(size);

	assert_non_null(p);
	assert_true(is_page(p));
	return p;
}

static void test_raise(void **state)
{
	(void)state;
	os_init();
	assert_int_equal(os_page_size(), small);
	os_raise_page_size(small / 2);
	assert_int_equal(os_page_size(), small);
	os_raise_page_size(page);
	assert_int_equal(os_page_size(), page);
	os_raise_page_size(small);
	assert_int_equal(os_page_size(), page);
}

/* Nothing more is mapped than was asked for, in whole pages. */
static void test_reserve(void **state)
{
	(void)state;
	for (int i = 0; i < 32; i++) {
		char *p = reserve(PAGES * page - 5);

		assert_true(os_commit(p, PAGES * page - 5));
		assert_true(unit_can_read(p + PAGES * page - 1));
		os_release(p + page, page - 5);
		assert_true(unit_can_read(p + page - 1));
		assert_false(unit_can_read(p + page));
		assert_false(unit_can_read(p + 2 * page - 1));
		assert_true(unit_can_read(p + 2 * page));
		os_release(p, PAGES * page);
		assert_false(unit_can_read(p));
	}
	errno = E2BIG;
	assert_null(os_reserve(SIZE_MAX));
	assert_null(os_reserve(SIZE_MAX - 2 * page));
	assert_int_equal(errno, E2BIG);
}

/* Calls that begin inside a page do nothing; and say so. */
static void test_inside(void **state)
{
	char *p = reserve(PAGES * page);
	unsigned char seen[2];
	char *inside = p + small;

	(void)state;
	errno = E2BIG;
	assert_false(os_commit(inside, page));
	assert_false(os_commit_reserved(inside, page));
	assert_false(os_allow_reading(inside, page));
	assert_int_equal(errno, E2BIG);
	assert_false(unit_can_read(inside));
	assert_true(os_commit(p, 2 * page));
	memset(p, 'x', 2 * page);
	errno = E2BIG;
	assert_false(os_forbid(inside, small));
	assert_false(os_uncommit(inside, small));
	assert_false(os_purge(inside, small));
	assert_false(os_refund(inside, small));
	assert_false(os_look_for_memory(inside, page, seen));
	os_release(inside, small);
	assert_int_equal(errno, E2BIG);
	for (size_t i = 0; i < 2 * page; i++)
		assert_int_equal(p[i], 'x');
	os_release(p, PAGES * page);
}

/* Those that end inside a page are for all of it, as the kernel's are. */
static void test_rounding(void **state)
{
	char *p = reserve(PAGES * page);

	(void)state;
	assert_true(os_commit(p, page + 1));
	assert_false(unit_can_read(p + 2 * page));
	memset(p, 'x', 2 * page);
	assert_true(os_purge(p, small));
	assert_int_equal(p[page - 1], 0);
	assert_int_equal(p[page], 'x');
	assert_true(os_refund(p, small));
	assert_false(unit_can_read(p + page - 1));
	assert_true(os_commit_reserved(p, 1));
	assert_int_equal(p[page - 1], 0);
	assert_true(os_forbid(p, 1));
	assert_false(unit_can_read(p + page - 1));
	assert_int_equal(p[page], 'x');
	p[2 * page - 1] = 'x';
	assert_true(os_uncommit(p + page, small));
	assert_int_equal(p[page], 0);
	assert_int_equal(p[2 * page - 1], 0);
	os_release(p, PAGES * page);
}

/* One answer a page, wherever in it the memory is. */
static void test_look(void **state)
{
	char *p = reserve(PAGES * page);
	unsigned char seen[PAGES + 1];

	(void)state;
	assert_true(os_commit(p, PAGES * page));
	memset(seen, 0x55, sizeof(seen));
	p[2 * page - 1] = 1;
	p[5 * page] = 1;
	assert_true(os_look_for_memory(p, PAGES * page, seen));
	for (int i = 0; i < PAGES; i++)
		assert_int_equal(seen[i] & 1, i == 1 || i == 5);
	assert_int_equal(seen[PAGES], 0x55);
	os_release(p, PAGES * page);
}

#define NR_ISLANDS 4096ul

/* How many of every second page are refunded. */
static unsigned int refund_islands(void)
{
	char *p = reserve(2 * NR_ISLANDS * page);
	unsigned int nr = 0;

	assert_true(os_commit(p, 2 * NR_ISLANDS * page));
	for (size_t i = 0; i < NR_ISLANDS; i++)
		nr += os_refund(p + 2 * i * page, page);
	return nr;
}

/*
 * Islands of used pages do not use up what mappings a process may have; where
 * many are expected, so many more may be.
 */
static void test_many_refunds(void **state)
{
	(void)state;
	assert_false(os_has_mappings(1000));
	assert_in_range(refund_islands(), 1, 500);
	assert_false(os_has_mappings(1000));
	os_expect_mappings(2000);
	assert_in_range(refund_islands(), 800, 1800);
	assert_false(os_has_mappings(4000));
}

/* Where memory is short, more of them may be: a quarter of what there is. */
static void test_spent_mappings(void **state)
{
	size_t most = os_mappings_allowed();

	(void)state;
	os_spend_mappings();
	/* What a system gives that nobody has tuned, or more. */
	if (most >= 65530)
		assert_int_equal(refund_islands(), NR_ISLANDS);
	assert_false(most && os_has_mappings(size_max(most / 3, 4000)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raise),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_many_refunds),
		cmocka_unit_test(test_spent_mappings),
	};

	small = getauxval(AT_PAGESZ);
	page = 4 * small;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
