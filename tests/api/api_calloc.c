/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_calloc: zeroed to the last byte, whatever lay there before; no product
 * of two sizes that overflows is ever given.
 */
#include "api.h"

static void fresh_memory_is_zero(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 2100; size++) {
		void *p = calloc(1, size);

		assert_non_null(p);
		assert_true(api_is_aligned(p, API_ALIGN));
		assert_true(api_is_zero(p, size));
		free(p);
	}
	for (size_t i = 0; i < api_nr_sizes; i++) {
		void *p = calloc(api_sizes[i], 3);

		assert_non_null(p);
		assert_true(api_is_aligned(p, API_ALIGN));
		assert_true(api_is_zero(p, 3 * api_sizes[i]));
		free(p);
	}
}

/* Dirties @nr blocks of @size bytes and gives them back. */
static void leave_dirt(size_t size, size_t nr)
{
	void *blocks[64];

	for (size_t i = 0; i < nr; i++) {
		blocks[i] = malloc(size);
		assert_non_null(blocks[i]);
		memset(blocks[i], 0xdb, malloc_usable_size(blocks[i]));
	}
	for (size_t i = 0; i < nr; i++)
		free(blocks[i]);
}

static void check_recycled(size_t size)
{
	size_t nr = size > 256 * KIB ? 3 : 64;
	void *blocks[64];

	leave_dirt(size, nr);
	for (size_t i = 0; i < nr; i++) {
		blocks[i] = calloc(size ? size : 1, 1);
		assert_non_null(blocks[i]);
		assert_true(api_is_zero(blocks[i], size));
	}
	for (size_t i = 0; i < nr; i++)
		free(blocks[i]);
}

static void recycled_memory_is_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i++)
		check_recycled(api_sizes[i]);
}

static void trimmed_memory_is_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i += 3) {
		leave_dirt(api_sizes[i], 64);
		malloc_trim(0);
		check_recycled(api_sizes[i]);
	}
}

/* A smaller object in a dirty, larger one's place: the tail counts too. */
static void zero_after_a_realloc_in_place(void **state)
{
	(void)state;
	for (size_t size = MIB / 2; size <= 8 * MIB; size *= 2) {
		unsigned char *p = malloc(size);

		assert_non_null(p);
		memset(p, 0xdb, size);
		p = realloc(p, size / 3);
		assert_non_null(p);
		free(p);
		p = calloc(size / 2, 1);
		assert_non_null(p);
		assert_true(api_is_zero(p, size / 2));
		free(p);
	}
}

static void nothing_times_anything_is_a_block(void **state)
{
	/* Volatile: gcc warns of a size that it knows to be too much. */
	volatile size_t anything = SIZE_MAX;
	void *none = calloc(0, 0);
	void *no_members = calloc(0, anything);
	void *no_size = calloc(anything, 0);

	(void)state;
	assert_non_null(none);
	assert_non_null(no_members);
	assert_non_null(no_size);
	assert_ptr_not_equal(none, no_members);
	assert_ptr_not_equal(none, no_size);
	assert_ptr_not_equal(no_members, no_size);
	free(none);
	free(no_members);
	free(no_size);
}

static void products_that_overflow_are_refused(void **state)
{
	static const size_t cases[][2] = {
		{ SIZE_MAX, 2 },
		{ 2, SIZE_MAX },
		{ SIZE_MAX, SIZE_MAX },
		{ SIZE_MAX / 2 + 1, 2 },
		{ 2, SIZE_MAX / 2 + 1 },
		{ SIZE_MAX / 16 + 2, 16 },
		{ 16, SIZE_MAX / 16 + 2 },
		{ SIZE_MAX / 3 + 2, 3 },
		{ (size_t)1 << 32, (size_t)1 << 32 },
		{ ((size_t)1 << 32) + 1, (size_t)1 << 32 },
		{ ((size_t)1 << 32) + 1, ((size_t)1 << 32) + 1 },
		{ (size_t)1 << 63, 2 },
		{ 0x5555555555555556, 3 },
	};

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(cases); i++) {
		errno = 0;
		assert_null(calloc(cases[i][0], cases[i][1]));
		assert_int_equal(errno, ENOMEM);
	}
}

static void impossible_sizes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_impossible; i++) {
		errno = 0;
		assert_null(calloc(1, api_impossible[i]));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(calloc(api_impossible[i], 1));
		assert_int_equal(errno, ENOMEM);
	}
}

/* Dirty and zeroed blocks of random sizes in each other's places. */
static void churn_stays_zero(void **state)
{
	enum {
		NR = 512,
		ROUNDS = 100000
	};
	static void *blocks[NR];
	uint64_t random = api_seed();

	(void)state;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t r = api_random(&random);
		size_t size = (r >> 32) % ((size_t)1 << (4 + (r >> 16) % 12));
		void **slot = &blocks[r % NR];

		free(*slot);
		if (r & (1 << 15)) {
			*slot = malloc(size);
			memset(*slot, 0xdb, malloc_usable_size(*slot));
			continue;
		}
		*slot = calloc(1, size);
		assert_non_null(*slot);
		assert_true(api_is_zero(*slot, size));
		memset(*slot, 0xbd, malloc_usable_size(*slot));
	}
	for (unsigned int i = 0; i < NR; i++)
		free(blocks[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_memory_is_zero),
		cmocka_unit_test(recycled_memory_is_zero),
		cmocka_unit_test(trimmed_memory_is_zero),
		cmocka_unit_test(zero_after_a_realloc_in_place),
		cmocka_unit_test(nothing_times_anything_is_a_block),
		cmocka_unit_test(products_that_overflow_are_refused),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(churn_stays_zero),
	};

	return cmocka_run_group_tests_name("calloc", tests, NULL, NULL);
}
