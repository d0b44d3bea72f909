/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_realloc: realloc, reallocarray, reallocf: contents kept from any size
 * to any other; a refusal leaves the block (reallocf: frees it).
 */
#include "api.h"

static void no_block_means_malloc(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i++) {
		void *p = realloc(NULL, api_sizes[i]);

		assert_non_null(p);
		assert_true(api_is_aligned(p, API_ALIGN));
		assert_true(malloc_usable_size(p) >= api_sizes[i]);
		memset(p, 1, api_sizes[i]);
		free(p);
	}
}

static void check_pair(size_t from, size_t to)
{
	size_t kept = from < to ? from : to;
	unsigned char *p = malloc(from);

	assert_non_null(p);
	api_fill(p, from, 3);
	p = realloc(p, to);
	assert_non_null(p);
	assert_true(api_is_aligned(p, API_ALIGN));
	assert_true(malloc_usable_size(p) >= to);
	assert_true(api_is_filled(p, kept, 3));
	api_fill(p, to, 5);
	assert_true(api_is_filled(p, to, 5));
	free(p);
}

static void contents_are_kept_between_all_small_sizes(void **state)
{
	(void)state;
	for (size_t from = 1; from <= 300; from++) {
		for (size_t to = 1; to <= 300; to++)
			check_pair(from, to);
	}
}

/* One byte a KiB and the last one: enough to see each page move. */
static void mark(unsigned char *p, size_t size, unsigned char tag)
{
	for (size_t i = 0; i < size; i += KIB)
		p[i] = (unsigned char)((i >> 10) + tag);
	if (size)
		p[size - 1] = (unsigned char)(((size - 1) >> 10) + tag);
}

/* The old last byte is a mark only while the block is not cut. */
static bool is_marked(const unsigned char *p, size_t from, size_t to,
		      unsigned char tag)
{
	size_t kept = from < to ? from : to;

	for (size_t i = 0; i < kept; i += KIB) {
		if (p[i] != (unsigned char)((i >> 10) + tag))
			return false;
	}
	if (from > to)
		return true;
	return p[from - 1] == (unsigned char)(((from - 1) >> 10) + tag);
}

static void contents_are_kept_between_table_sizes(void **state)
{
	(void)state;
	for (size_t i = 1; i < api_nr_sizes; i++) {
		for (size_t j = 1; j < api_nr_sizes; j++) {
			size_t from = api_sizes[i], to = api_sizes[j];
			unsigned char *p = malloc(from);

			assert_non_null(p);
			mark(p, from, (unsigned char)i);
			p = realloc(p, to);
			assert_non_null(p);
			assert_true(is_marked(p, from, to, (unsigned char)i));
			mark(p, to, (unsigned char)j);
			free(p);
		}
	}
}

/* Grows and shrinks while a neighbour stands in the way each time. */
static void contents_are_kept_on_a_long_way(void **state)
{
	unsigned char *p = malloc(1);
	size_t size = 1;
	void *others[256];
	size_t nr_others = 0;

	(void)state;
	p[0] = 0;
	mark(p, size, 0);
	while (size < 128 * MIB) {
		size_t next = size + size / 3 + 17;

		others[nr_others++] = malloc(size < MIB ? next : MIB);
		p = realloc(p, next);
		assert_non_null(p);
		assert_true(is_marked(p, size, next, 0));
		mark(p, next, 0);
		size = next;
	}
	while (size > 16) {
		size_t next = size / 2;

		p = realloc(p, next);
		assert_non_null(p);
		assert_true(is_marked(p, size, next, 0));
		mark(p, next, 0);
		size = next;
	}
	free(p);
	while (nr_others)
		free(others[--nr_others]);
}

static void a_refusal_leaves_the_block(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i += 5) {
		size_t size = api_sizes[i];
		unsigned char *p = malloc(size);

		assert_non_null(p);
		api_fill(p, size, 9);
		for (size_t j = 0; j < api_nr_impossible; j++) {
			errno = 0;
			assert_null(realloc(p, api_impossible[j]));
			assert_int_equal(errno, ENOMEM);
			assert_true(malloc_usable_size(p) >= size);
		}
		assert_true(api_is_filled(p, size, 9));
		free(p);
	}
	for (size_t j = 0; j < api_nr_impossible; j++) {
		errno = 0;
		assert_null(realloc(NULL, api_impossible[j]));
		assert_int_equal(errno, ENOMEM);
	}
}

/* Either answer is allowed (NULL, or a new block); a leak is not. */
static void size_zero_frees_the_old_block(void **state)
{
	size_t before = api_resident();

	(void)state;
	for (unsigned int i = 0; i < 20000; i++) {
		void *p = malloc(64 * KIB);

		assert_non_null(p);
		memset(p, 1, 64 * KIB);
		free(realloc(p, 0));
	}
	assert_true(api_resident() < before + 64 * MIB);
	free(realloc(NULL, 0));
}

static void reallocarray_multiplies(void **state)
{
	unsigned char *p = reallocarray(NULL, 100, 10);

	(void)state;
	assert_non_null(p);
	assert_true(malloc_usable_size(p) >= 1000);
	api_fill(p, 1000, 1);
	p = reallocarray(p, 3000, 7);
	assert_non_null(p);
	assert_true(malloc_usable_size(p) >= 21000);
	assert_true(api_is_filled(p, 1000, 1));
	free(p);
}

static void reallocarray_refuses_overflow(void **state)
{
	static const size_t cases[][2] = {
		{ SIZE_MAX, 2 },
		{ 2, SIZE_MAX },
		{ SIZE_MAX / 2 + 1, 2 },
		{ SIZE_MAX / 16 + 2, 16 },
		{ (size_t)1 << 32, (size_t)1 << 32 },
		{ ((size_t)1 << 32) + 1, (size_t)1 << 32 },
		{ 0x5555555555555556, 3 },
		{ SIZE_MAX, 1 },
		{ 1, SIZE_MAX },
	};
	unsigned char *p = malloc(100);

	(void)state;
	assert_non_null(p);
	api_fill(p, 100, 2);
	for (size_t i = 0; i < API_ARRAY_SIZE(cases); i++) {
		errno = 0;
		assert_null(reallocarray(p, cases[i][0], cases[i][1]));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(reallocarray(NULL, cases[i][0], cases[i][1]));
		assert_int_equal(errno, ENOMEM);
	}
	assert_true(api_is_filled(p, 100, 2));
	free(p);
}

static void reallocf_keeps_contents(void **state)
{
	unsigned char *p = reallocf(NULL, 50);

	(void)state;
	assert_non_null(p);
	api_fill(p, 50, 4);
	p = reallocf(p, 5000);
	assert_non_null(p);
	assert_true(api_is_filled(p, 50, 4));
	free(p);
}

/* 20,000 blocks of 64 KiB would be 1.3 GB, were they not freed. */
static void reallocf_frees_on_refusal(void **state)
{
	size_t before = api_resident();

	(void)state;
	for (unsigned int i = 0; i < 20000; i++) {
		void *p = malloc(64 * KIB);

		assert_non_null(p);
		memset(p, 1, 64 * KIB);
		errno = 0;
		assert_null(reallocf(p, SIZE_MAX - 100));
		assert_int_equal(errno, ENOMEM);
	}
	assert_true(api_resident() < before + 64 * MIB);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_block_means_malloc),
		cmocka_unit_test(contents_are_kept_between_all_small_sizes),
		cmocka_unit_test(contents_are_kept_between_table_sizes),
		cmocka_unit_test(contents_are_kept_on_a_long_way),
		cmocka_unit_test(a_refusal_leaves_the_block),
		cmocka_unit_test(size_zero_frees_the_old_block),
		cmocka_unit_test(reallocarray_multiplies),
		cmocka_unit_test(reallocarray_refuses_overflow),
		cmocka_unit_test(reallocf_keeps_contents),
		cmocka_unit_test(reallocf_frees_on_refusal),
	};

	return cmocka_run_group_tests_name("realloc", tests, NULL, NULL);
}
