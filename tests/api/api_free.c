/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_free: free, free_sized, free_aligned_sized: every block goes back
 * through each of its doors, NULL through all, and errno stays as it was.
 */
#include "api.h"

enum {
	KEPT = EDOM
}; /* a value no allocator sets */

static void free_of_nothing_does_nothing(void **state)
{
	(void)state;
	errno = KEPT;
	free(NULL);
	free_sized(NULL, 0);
	free_sized(NULL, 100);
	free_aligned_sized(NULL, 64, 0);
	free_aligned_sized(NULL, 64, 100);
	assert_int_equal(errno, KEPT);
}

static void *from_malloc(size_t size)
{
	return malloc(size);
}

static void *from_calloc(size_t size)
{
	return calloc(1, size);
}

static void *from_realloc(size_t size)
{
	return realloc(malloc(1), size ? size : 1);
}

static void *from_reallocarray(size_t size)
{
	return reallocarray(NULL, size, 1);
}

static void *from_reallocf(size_t size)
{
	return reallocf(NULL, size);
}

static void *from_aligned_alloc(size_t size)
{
	return aligned_alloc(64, size);
}

static void *from_posix_memalign(size_t size)
{
	void *p = NULL;

	return posix_memalign(&p, 128, size) ? NULL : p;
}

static void *from_memalign(size_t size)
{
	return memalign(32, size);
}

/* Everything that gives a block; free takes each back without a trace. */
static void *(*const sources[])(size_t) = {
	from_malloc,	     from_calloc,   from_realloc, from_reallocarray,
	from_reallocf,	     valloc,	    pvalloc,	  from_aligned_alloc,
	from_posix_memalign, from_memalign,
};

static void free_leaves_errno_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(sources); i++) {
		for (size_t j = 0; j < api_nr_sizes; j++) {
			void *p = sources[i](api_sizes[j]);

			assert_non_null(p);
			memset(p, 1, api_sizes[j]);
			errno = KEPT;
			free(p);
			assert_int_equal(errno, KEPT);
		}
	}
}

/* Enough at once that memory must go back to the system on the way. */
static void purging_leaves_errno_alone(void **state)
{
	static const size_t sizes[] = { 64, 4096, MIB, 64 * MIB };
	static void *blocks[MIB];

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(sizes); i++) {
		size_t nr = 128 * MIB / sizes[i];

		if (nr > API_ARRAY_SIZE(blocks))
			nr = API_ARRAY_SIZE(blocks);
		for (size_t j = 0; j < nr; j++) {
			blocks[j] = malloc(sizes[i]);
			assert_non_null(blocks[j]);
			*(char *)blocks[j] = 1;
		}
		errno = KEPT;
		for (size_t j = 0; j < nr; j++)
			free(blocks[j]);
		assert_int_equal(errno, KEPT);
	}
}

static void free_sized_takes_its_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i++) {
		size_t size = api_sizes[i];
		void *blocks[] = { malloc(size), calloc(1, size),
				   realloc(NULL, size) };

		for (size_t j = 0; j < API_ARRAY_SIZE(blocks); j++) {
			assert_non_null(blocks[j]);
			memset(blocks[j], 1, size);
			errno = KEPT;
			free_sized(blocks[j], size);
			assert_int_equal(errno, KEPT);
		}
	}
	for (size_t size = 0; size < 4200; size++)
		free_sized(malloc(size), size);
}

/* A grown or cut block is freed by its last size. */
static void free_sized_follows_realloc(void **state)
{
	(void)state;
	for (size_t i = 1; i < api_nr_sizes; i++) {
		for (size_t j = 1; j < api_nr_sizes; j += 3) {
			void *p = realloc(malloc(api_sizes[i]), api_sizes[j]);

			assert_non_null(p);
			free_sized(p, api_sizes[j]);
		}
	}
}

static void free_aligned_sized_takes_its_blocks(void **state)
{
	(void)state;
	for (size_t alignment = 1; alignment <= MIB; alignment *= 2) {
		for (size_t i = 0; i < api_nr_sizes; i += 2) {
			size_t size = api_sizes[i];
			void *p = aligned_alloc(alignment, size);

			assert_non_null(p);
			memset(p, 1, size);
			errno = KEPT;
			free_aligned_sized(p, alignment, size);
			assert_int_equal(errno, KEPT);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_of_nothing_does_nothing),
		cmocka_unit_test(free_leaves_errno_alone),
		cmocka_unit_test(purging_leaves_errno_alone),
		cmocka_unit_test(free_sized_takes_its_blocks),
		cmocka_unit_test(free_sized_follows_realloc),
		cmocka_unit_test(free_aligned_sized_takes_its_blocks),
	};

	return cmocka_run_group_tests_name("free", tests, NULL, NULL);
}
