/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/place.h"
#include "libc/doors.h"

#define TOKEN (1ul << 63 | 77ul << 40)
#define SITE  1

static void check(void *p, size_t size, size_t align)
{
	struct place place = place_find(p);

	assert_int_equal(place.kind, PLACE_LIVE);
	assert_int_equal(row_of_slab(place.slab), layout_row(TOKEN, SITE));
	assert_int_equal((uintptr_t)p % align, 0);
	assert_true(place.slab->size >= size);
	memset(p, 'x', size);
	heap_free(p);
}

static void check_refused(void *p, int wanted)
{
	assert_null(p);
	assert_int_equal(errno, wanted);
	errno = 0;
}

static void test_zeroed(void **state)
{
	char *p = token_calloc(25, 40, TOKEN, SITE);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	check(p, 1000, 16);
	check(token_calloc(0, 0, TOKEN, SITE), 0, 16);
	check(token_calloc(0, SIZE_MAX, TOKEN, SITE), 0, 16);
	check_refused(token_calloc(2, SIZE_MAX / 2 + 1, TOKEN, SITE), ENOMEM);
	check_refused(token_calloc(1ul << 32, 1ul << 32, TOKEN, SITE), ENOMEM);
	check_refused(token_calloc(1, SIZE_MAX, TOKEN, SITE), ENOMEM);
}

static void test_reallocarray(void **state)
{
	char *p = token_reallocarray(NULL, 10, 10, TOKEN, SITE);

	(void)state;
	strcpy(p, "hello");
	check_refused(token_reallocarray(p, SIZE_MAX, 2, TOKEN, SITE), ENOMEM);
	p = token_reallocarray(p, 1000, 10, TOKEN, SITE);
	assert_string_equal(p, "hello");
	check(p, 10000, 16);
	p = token_reallocarray(NULL, 10, 10, TOKEN, SITE);
	assert_null(token_reallocarray(p, 0, 10, TOKEN, SITE));
	assert_int_equal(place_find(p).kind, PLACE_DEAD);
}

static void test_reallocf(void **state)
{
	char *p = token_reallocf(NULL, 100, TOKEN, SITE);

	(void)state;
	strcpy(p, "hello");
	p = token_reallocf(p, 1000, TOKEN, SITE);
	assert_string_equal(p, "hello");
	check_refused(token_reallocf(p, SIZE_MAX, TOKEN, SITE), ENOMEM);
	assert_int_equal(place_find(p).kind, PLACE_DEAD);
	p = token_reallocf(NULL, 100, TOKEN, SITE);
	assert_null(token_reallocf(p, 0, TOKEN, SITE));
	assert_int_equal(place_find(p).kind, PLACE_DEAD);
}

static void test_aligned_alloc(void **state)
{
	(void)state;
	for (size_t align = 1; align <= 1ul << 21; align *= 2)
		check(token_aligned_alloc(align, 1000, TOKEN, SITE), 1000,
		      align);
	check_refused(token_aligned_alloc(0, 1, TOKEN, SITE), EINVAL);
	check_refused(token_aligned_alloc(3, 1, TOKEN, SITE), EINVAL);
	check_refused(token_aligned_alloc(48, 1, TOKEN, SITE), EINVAL);
	check_refused(token_aligned_alloc(SIZE_MAX, 1, TOKEN, SITE), EINVAL);
	check_refused(token_aligned_alloc(64, SIZE_MAX, TOKEN, SITE), ENOMEM);
}

/* glibc's memalign takes any alignment, and rounds it up. */
static void test_memalign(void **state)
{
	static const struct {
		size_t align, given;
	} cases[] = {
		{ 0, 1 },	{ 1, 1 },	   { 3, 4 },	 { 5, 8 },
		{ 16, 16 },	{ 17, 32 },	   { 100, 128 }, { 4095, 4096 },
		{ 4097, 8192 }, { 65537, 131072 },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++)
		check(token_memalign(cases[i].align, 100, TOKEN, SITE), 100,
		      cases[i].given);
	check_refused(token_memalign(SIZE_MAX, 1, TOKEN, SITE), EINVAL);
	check_refused(token_memalign(SIZE_MAX / 2 + 2, 1, TOKEN, SITE), EINVAL);
	check_refused(token_memalign(SIZE_MAX / 2 + 1, 1, TOKEN, SITE), ENOMEM);
}

/* It returns its error, leaves errno alone, and *out too when it fails. */
static void test_posix_memalign(void **state)
{
	void *out = (void *)state;

	(void)state;
	errno = E2BIG;
	for (size_t align = sizeof(void *); align <= 1ul << 21; align *= 2) {
		assert_int_equal(
			token_posix_memalign(&out, align, 99, TOKEN, SITE), 0);
		check(out, 99, align);
	}
	out = (void *)state;
	assert_int_equal(token_posix_memalign(&out, 0, 1, TOKEN, SITE), EINVAL);
	assert_int_equal(token_posix_memalign(&out, 4, 1, TOKEN, SITE), EINVAL);
	assert_int_equal(token_posix_memalign(&out, 24, 1, TOKEN, SITE),
			 EINVAL);
	assert_int_equal(token_posix_memalign(&out, 64, SIZE_MAX, TOKEN, SITE),
			 ENOMEM);
	assert_ptr_equal(out, state);
	assert_int_equal(errno, E2BIG);
	errno = 0;
}

static void test_pages(void **state)
{
	size_t page = os_page_size();

	(void)state;
	check(token_valloc(100, TOKEN, SITE), 100, page);
	check(token_pvalloc(0, TOKEN, SITE), 0, page);
	check(token_pvalloc(1, TOKEN, SITE), page, page);
	check(token_pvalloc(page + 1, TOKEN, SITE), 2 * page, page);
	check_refused(token_pvalloc(SIZE_MAX, TOKEN, SITE), ENOMEM);
	check_refused(token_valloc(SIZE_MAX, TOKEN, SITE), ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_reallocarray),
		cmocka_unit_test(test_reallocf),
		cmocka_unit_test(test_aligned_alloc),
		cmocka_unit_test(test_memalign),
		cmocka_unit_test(test_posix_memalign),
		cmocka_unit_test(test_pages),
	};

	if (!heap_boot())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
