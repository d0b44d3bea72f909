/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_aligned: aligned_alloc, posix_memalign, memalign, valloc, pvalloc: from
 * 1 byte to 1 GiB, for sizes that are no multiple too; bad alignments and
 * impossible sizes are refused in the words of each standard.
 */
#include "api.h"

#include <unistd.h>

static void *first; /* the first block of the process */

/* No other kind of allocation has set the heap up yet. */
static void take_first(void)
{
	first = aligned_alloc(256, 10000);
}

static void (*const preinit)(void)
	__attribute__((section(".preinit_array"), used)) = take_first;

static void the_first_block_may_be_aligned(void **state)
{
	(void)state;
	assert_non_null(first);
	assert_true(api_is_aligned(first, 256));
	assert_true(malloc_usable_size(first) >= 10000);
	memset(first, 1, 10000);
	free(first);
}

static void *by_posix_memalign(size_t alignment, size_t size)
{
	void *p = NULL;

	if (alignment < sizeof(void *))
		alignment = sizeof(void *);
	return posix_memalign(&p, alignment, size) ? NULL : p;
}

static void *(*const doors[])(size_t alignment, size_t size) = {
	aligned_alloc,
	memalign,
	by_posix_memalign,
};

/* Takes several at once, so that luck with the first does not hide a miss. */
static void check_aligned(size_t door, size_t alignment, size_t size)
{
	enum {
		NR = 4
	};
	unsigned char *blocks[NR];

	for (unsigned int i = 0; i < NR; i++) {
		blocks[i] = doors[door](alignment, size);
		assert_non_null(blocks[i]);
		assert_true(api_is_aligned(blocks[i], alignment));
		assert_true(malloc_usable_size(blocks[i]) >= size);
		if (!size)
			continue;
		blocks[i][0] = (unsigned char)i;
		blocks[i][size - 1] = (unsigned char)i;
	}
	for (unsigned int i = 0; i < NR; i++) {
		for (unsigned int j = 0; j < i; j++)
			assert_ptr_not_equal(blocks[i], blocks[j]);
		if (size) {
			assert_int_equal(blocks[i][0], i);
			assert_int_equal(blocks[i][size - 1], i);
		}
	}
	for (unsigned int i = 0; i < NR; i++)
		free(blocks[i]);
}

static void small_alignments_hold_for_all_sizes(void **state)
{
	(void)state;
	for (size_t door = 0; door < API_ARRAY_SIZE(doors); door++) {
		for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
			for (size_t size = 0; size < 600; size++)
				check_aligned(door, alignment, size);
			for (size_t i = 0; i < api_nr_sizes; i++)
				check_aligned(door, alignment, api_sizes[i]);
		}
	}
}

/* An emulator is given 8 GiB of addresses. */
static void large_alignments_hold(void **state)
{
	size_t largest = api_is_emulated() ? 64 * MIB : GIB;

	(void)state;
	for (size_t door = 0; door < API_ARRAY_SIZE(doors); door++) {
		for (size_t a = 8192; a <= largest; a *= 2) {
			size_t most = a < 16 * MIB ? a : 16 * MIB;
			const size_t sizes[] = { 0,	   1,	  64,
						 4096,	   10000, 100000,
						 most - 1, most,  most + 1,
						 3 * MIB };

			for (size_t i = 0; i < API_ARRAY_SIZE(sizes); i++)
				check_aligned(door, a, sizes[i]);
		}
	}
}

/* Blocks between which the alignment leaves room must not share it. */
static void aligned_blocks_keep_their_bytes(void **state)
{
	enum {
		NR = 400
	};
	static unsigned char *blocks[NR];
	static size_t sizes[NR];
	uint64_t random = api_seed();

	(void)state;
	for (unsigned int i = 0; i < NR; i++) {
		uint64_t r = api_random(&random);

		blocks[i] = memalign((size_t)16 << (r % 14), (r >> 8) % 20000);
		assert_non_null(blocks[i]);
		sizes[i] = malloc_usable_size(blocks[i]);
		api_fill(blocks[i], sizes[i], i);
	}
	for (unsigned int i = 0; i < NR; i++) {
		assert_true(api_is_filled(blocks[i], sizes[i], i));
		free(blocks[i]);
	}
}

/* realloc owes no more than malloc's alignment, but all of the contents. */
static void aligned_blocks_can_grow(void **state)
{
	(void)state;
	for (size_t alignment = 32; alignment <= 4 * MIB; alignment *= 2) {
		unsigned char *p = aligned_alloc(alignment, 1000);

		assert_non_null(p);
		api_fill(p, 1000, 1);
		p = realloc(p, 70000);
		assert_non_null(p);
		assert_true(api_is_filled(p, 1000, 1));
		api_fill(p, 70000, 2);
		p = realloc(p, 300);
		assert_non_null(p);
		assert_true(api_is_filled(p, 300, 2));
		free(p);
	}
}

static void aligned_alloc_refuses_what_is_no_alignment(void **state)
{
	static const size_t bad[] = {
		0, 3, 5, 6, 7, 12, 24, 48, 4095, 4097, SIZE_MAX, SIZE_MAX - 1
	};

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(bad); i++) {
		errno = 0;
		assert_null(aligned_alloc(bad[i], 64));
		assert_int_equal(errno, EINVAL);
	}
}

static void posix_memalign_refuses_what_is_no_alignment(void **state)
{
	static const size_t bad[] = { 0,  1,  2,    4,	      3,
				      12, 24, 4095, SIZE_MAX, SIZE_MAX - 7 };
	void *untouched = &untouched;
	void *p = untouched;

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(bad); i++) {
		assert_int_equal(posix_memalign(&p, bad[i], 64), EINVAL);
		assert_ptr_equal(p, untouched);
	}
}

/* glibc rounds an odd alignment up; the manual allows EINVAL. Never less. */
static void memalign_never_gives_less(void **state)
{
	static const struct {
		size_t asked;
		size_t least;
	} cases[] = { { 0, 16 },  { 3, 16 },	{ 17, 32 },
		      { 48, 64 }, { 100, 128 }, { 4097, 8192 } };

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(cases); i++) {
		void *p;

		errno = 0;
		p = memalign(cases[i].asked, 100);
		if (p)
			assert_true(api_is_aligned(p, cases[i].least));
		else
			assert_int_equal(errno, EINVAL);
		free(p);
	}
}

static void impossible_sizes_are_refused(void **state)
{
	void *untouched = &untouched;
	void *p = untouched;

	(void)state;
	for (size_t alignment = 8; alignment <= GIB; alignment *= 4) {
		for (size_t i = 0; i < api_nr_impossible; i++) {
			size_t size = api_impossible[i];

			errno = 0;
			assert_null(aligned_alloc(alignment, size));
			assert_int_equal(errno, ENOMEM);
			errno = 0;
			assert_null(memalign(alignment, size));
			assert_int_equal(errno, ENOMEM);
			assert_int_equal(posix_memalign(&p, alignment, size),
					 ENOMEM);
			assert_ptr_equal(p, untouched);
		}
	}
}

/* No address space has room for these: no crash, no lie. */
static void impossible_alignments_are_refused(void **state)
{
	static const size_t shifts[] = { 48, 56, 62, 63 };
	void *untouched = &untouched;
	void *p = untouched;

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(shifts); i++) {
		size_t alignment = (size_t)1 << shifts[i];
		int status = posix_memalign(&p, alignment, 64);

		assert_true(status == ENOMEM || status == EINVAL);
		assert_ptr_equal(p, untouched);
		errno = 0;
		assert_null(aligned_alloc(alignment, 64));
		assert_true(errno == ENOMEM || errno == EINVAL);
		errno = 0;
		assert_null(memalign(alignment, 64));
		assert_true(errno == ENOMEM || errno == EINVAL);
	}
}

static void valloc_and_pvalloc_give_pages(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	for (size_t i = 0; i < api_nr_sizes; i++) {
		size_t size = api_sizes[i];
		size_t whole = (size + page - 1) / page * page;
		void *v = valloc(size), *pv = pvalloc(size);

		assert_non_null(v);
		assert_non_null(pv);
		assert_true(api_is_aligned(v, page));
		assert_true(api_is_aligned(pv, page));
		assert_true(malloc_usable_size(v) >= size);
		assert_true(malloc_usable_size(pv) >= whole);
		memset(v, 1, size);
		memset(pv, 2, whole);
		assert_ptr_not_equal(v, pv);
		free(v);
		free(pv);
	}
	for (size_t i = 0; i < api_nr_impossible; i++) {
		errno = 0;
		assert_null(valloc(api_impossible[i]));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(pvalloc(api_impossible[i]));
		assert_int_equal(errno, ENOMEM);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_block_may_be_aligned),
		cmocka_unit_test(small_alignments_hold_for_all_sizes),
		cmocka_unit_test(large_alignments_hold),
		cmocka_unit_test(aligned_blocks_keep_their_bytes),
		cmocka_unit_test(aligned_blocks_can_grow),
		cmocka_unit_test(aligned_alloc_refuses_what_is_no_alignment),
		cmocka_unit_test(posix_memalign_refuses_what_is_no_alignment),
		cmocka_unit_test(memalign_never_gives_less),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(impossible_alignments_are_refused),
		cmocka_unit_test(valloc_and_pvalloc_give_pages),
	};

	return cmocka_run_group_tests_name("aligned", tests, NULL, NULL);
}
