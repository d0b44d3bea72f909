/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_malloc: what every block of malloc promises: its own, aligned, all of
 * its usable size writable; and what a request that cannot be met gets.
 */
#include "api.h"

#include <typeslab/whatis.h>

/* Everything below would pass on another heap as well. */
static void this_is_our_heap(void **state)
{
	struct typeslab_whatis info;

	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i++) {
		void *p = malloc(api_sizes[i]);

		assert_true(typeslab_whatis(p, &info));
		assert_true(info.live);
		assert_ptr_equal(info.start, p);
		assert_in_range(info.size - malloc_usable_size(p), 0, 8);
		free(p);
	}
	assert_false(typeslab_whatis(&info, &info));
	assert_false(typeslab_whatis(NULL, &info));
}

static void zero_size_gives_a_block_of_its_own(void **state)
{
	void *blocks[1000];

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++) {
		blocks[i] = malloc(0);
		assert_non_null(blocks[i]);
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(blocks[i], blocks[j]);
	}
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++)
		free(blocks[i]);
}

static void every_block_is_aligned(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 8192; size++) {
		void *first = malloc(size);
		void *second = malloc(size);

		assert_true(api_is_aligned(first, API_ALIGN));
		assert_true(api_is_aligned(second, API_ALIGN));
		free(first);
		free(second);
	}
	for (size_t i = 0; i < api_nr_sizes; i++) {
		void *p = malloc(api_sizes[i]);

		assert_non_null(p);
		assert_true(api_is_aligned(p, API_ALIGN));
		free(p);
	}
}

static void check_usable(size_t size)
{
	enum {
		NR = 3
	};
	unsigned char *blocks[NR];
	size_t usable[NR];

	for (unsigned int i = 0; i < NR; i++) {
		blocks[i] = malloc(size);
		assert_non_null(blocks[i]);
		usable[i] = malloc_usable_size(blocks[i]);
		assert_true(usable[i] >= size);
		api_fill(blocks[i], usable[i], i);
	}
	for (unsigned int i = 0; i < NR; i++) {
		assert_int_equal(malloc_usable_size(blocks[i]), usable[i]);
		assert_true(api_is_filled(blocks[i], usable[i], i));
	}
	for (unsigned int i = 0; i < NR; i++)
		free(blocks[i]);
}

static void usable_size_is_really_usable(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 2100; size++)
		check_usable(size);
	for (size_t i = 0; i < api_nr_sizes; i++)
		check_usable(api_sizes[i]);
}

/* "errno is never set to zero by any library function" (C17 7.5) */
static void success_never_clears_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i++) {
		errno = EDOM;
		free(realloc(malloc(api_sizes[i]), 3 * api_sizes[i] + 1));
		free(calloc(1, api_sizes[i]));
		free(aligned_alloc(256, api_sizes[i]));
		assert_int_not_equal(errno, 0);
	}
}

static void usable_size_of_nothing_is_zero(void **state)
{
	(void)state;
	assert_int_equal(malloc_usable_size(NULL), 0);
}

struct block {
	unsigned char *start;
	size_t size;
	unsigned int tag;
};

static int by_start(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static size_t random_size(uint64_t *random)
{
	uint64_t r = api_random(random);

	return (r >> 8) % ((size_t)1 << (1 + r % 14));
}

/* Every second block is replaced, so that reused slots are looked at too. */
static void live_blocks_never_overlap(void **state)
{
	enum {
		NR = 60000
	};
	static struct block blocks[NR];
	uint64_t random = api_seed();

	(void)state;
	for (unsigned int i = 0; i < 2 * NR; i++) {
		struct block *b = &blocks[i < NR ? i : (i * 7) % NR];

		if (b->start) {
			assert_true(api_is_filled(b->start, b->size, b->tag));
			free(b->start);
		}
		b->size = random_size(&random);
		b->start = malloc(b->size);
		b->tag = i;
		assert_non_null(b->start);
		b->size = malloc_usable_size(b->start);
		api_fill(b->start, b->size, b->tag);
	}
	qsort(blocks, NR, sizeof(blocks[0]), by_start);
	for (unsigned int i = 0; i < NR; i++) {
		if (i + 1 < NR)
			assert_true(blocks[i].start + blocks[i].size <=
				    blocks[i + 1].start);
		assert_true(api_is_filled(blocks[i].start, blocks[i].size,
					  blocks[i].tag));
		free(blocks[i].start);
		blocks[i].start = NULL;
	}
}

static void impossible_sizes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < api_nr_impossible; i++) {
		void *p;

		errno = 0;
		p = malloc(api_impossible[i]);
		assert_null(p);
		assert_int_equal(errno, ENOMEM);
		p = malloc(100);
		assert_non_null(p);
		free(p);
	}
}

static void a_gigabyte_is_given(void **state)
{
	unsigned char *p = malloc(GIB);

	(void)state;
	assert_non_null(p);
	p[0] = 1;
	p[GIB / 2] = 2;
	p[GIB - 1] = 3;
	assert_int_equal(p[0] + p[GIB / 2] + p[GIB - 1], 6);
	free(p);
}

static void freed_memory_serves_again(void **state)
{
	static const size_t sizes[] = { 16, 1000, 40000, MIB, 9 * MIB };
	size_t before;

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(sizes); i++) {
		size_t rounds = 1 + GIB / sizes[i];

		if (rounds > 20000)
			rounds = 20000;
		before = api_resident();
		for (size_t round = 0; round < rounds; round++) {
			unsigned char *p = malloc(sizes[i]);

			assert_non_null(p);
			p[0] = 1;
			p[sizes[i] / 2] = 1;
			p[sizes[i] - 1] = 1;
			free(p);
		}
		assert_true(api_resident() < before + 48 * MIB);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_is_our_heap),
		cmocka_unit_test(zero_size_gives_a_block_of_its_own),
		cmocka_unit_test(every_block_is_aligned),
		cmocka_unit_test(usable_size_is_really_usable),
		cmocka_unit_test(success_never_clears_errno),
		cmocka_unit_test(usable_size_of_nothing_is_zero),
		cmocka_unit_test(live_blocks_never_overlap),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(a_gigabyte_is_given),
		cmocka_unit_test(freed_memory_serves_again),
	};

	return cmocka_run_group_tests_name("malloc", tests, NULL, NULL);
}
