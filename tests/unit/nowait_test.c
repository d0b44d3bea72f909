/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/large.h"
#include "heap/nowait.h"
#include "heap/place.h"
#include "heap/supply.h"

#include <pthread.h>

#define CLASS_64  class_of(64)
#define CLASS_16K class_of(16384)

static unsigned int next_row;

/* A bin that nobody used before, and one with a committed slab. */
static uint32_t fresh_bin(void)
{
	return bin_offset(next_row++, CLASS_64);
}

static uint32_t warm_bin(void)
{
	uint32_t bin = fresh_bin();

	heap_free(heap_alloc_in_bin(bin));
	return bin;
}

static void free_slot(void *p)
{
	struct slab *slab = slab_of_chunk(region_chunk_of(p));
	uint8_t *state;

	assert_true(slab_find_state(slab, p, &state));
	assert_int_equal(*state, SLOT_LIVE);
	*state = SLOT_STOCK;
	nowait_free(slab, p, state);
}

static size_t out_of(uint32_t bin)
{
	return cache_of_bin(bin)->nr_out - thread_slots_in_stock(bin);
}

/* Never from the magazine, which a signal may have stopped in half a pop. */
static void test_beside_the_magazine(void **state)
{
	uint32_t bin = warm_bin();
	unsigned int had = magazine_count(thread_bin(bin));
	char *p = nowait_alloc(bin, 1);

	(void)state;
	assert_non_null(p);
	assert_int_equal(place_find(p).kind, PLACE_LIVE);
	assert_true(had > 0);
	assert_int_equal(magazine_count(thread_bin(bin)), had);
	free_slot(p);
	assert_int_equal(magazine_count(thread_bin(bin)), had);
	assert_int_equal(out_of(bin), 0);
}

static void test_locked_cache(void **state)
{
	uint32_t bin = warm_bin();
	struct cache *cache = cache_of_bin(bin);
	uint32_t tag = thread_tag(thread_enter());
	void *p = nowait_alloc(bin, 1);

	(void)state;
	assert_true(cache_try_lock(cache, tag));
	assert_null(nowait_alloc(bin, 1));
	free_slot(p);
	assert_true(nowait_is_unsettled());
	cache_unlock(cache);
	assert_int_equal(out_of(bin), 1);
	nowait_settle(thread_enter());
	assert_false(nowait_is_unsettled());
	assert_int_equal(out_of(bin), 0);
	cache_check(cache, tag);
}

/* New slabs as long as there is committed ground, no further. */
static void test_until_the_ground_ends(void **state)
{
	uint32_t bin = warm_bin();
	struct ground *ground = &layout_partition(bin)->slabs;
	size_t left = ground->committed - ground->next;
	size_t slots = (left + layout_span(bin)) / 64;
	char *committed = ground->committed;
	size_t got = 0;

	(void)state;
	while (nowait_alloc(bin, 1))
		got++;
	assert_ptr_equal(ground->committed, committed);
	assert_true(got <= slots);
	assert_true(got + MAGAZINE_SLOTS_SMALL >= slots);

	/* It is remembered, and the next who may wait sees to it. */
	assert_true(nowait_is_unsettled());
	nowait_settle(thread_enter());
	assert_non_null(nowait_alloc(bin, 1));
}

#define NR_WANTED 4

/* Bins that are looked for in one place: each is remembered. */
static void test_wanted_beside_each_other(void **state)
{
	uint32_t bins[NR_WANTED];

	(void)state;
	for (int i = 0; i < NR_WANTED; i++) {
		bins[i] = bin_offset(next_row++, class_of(SMALL_MAX));
		assert_int_equal((bins[i] - bins[0]) >> BIN_SHIFT &
					 (NOWAIT_WANTED_MAX - 1),
				 0);
		assert_null(nowait_alloc(bins[i], 1));
	}
	nowait_settle(thread_enter());
	for (int i = 0; i < NR_WANTED; i++)
		assert_non_null(nowait_alloc(bins[i], 1));
}

static void test_nothing_ever(void **state)
{
	uint32_t bin = fresh_bin();

	(void)state;
	assert_null(nowait_alloc(bin, 1));
	assert_null(nowait_alloc(bin, 1));
	heap_free(heap_alloc_in_bin(fresh_bin()));
	assert_non_null(nowait_alloc(bin, 1));
}

/* One failure, and from the next settling on no row is without ground. */
static void test_prepared(void **state)
{
	(void)state;
	nowait_alloc(fresh_bin(), 1);
	nowait_settle(thread_enter());
	assert_false(nowait_is_unsettled());
	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		/* A class that no other test uses; its span is long. */
		uint32_t bin = bin_offset(row, CLASS_16K);
		void *p = nowait_alloc(bin, 1);

		assert_non_null(p);
		free_slot(p);
	}
	/* What that used up comes back. */
	assert_true(nowait_is_unsettled());
	nowait_settle(thread_enter());
	for (unsigned int row = 0; row < layout.nr_rows; row++)
		assert_non_null(
			nowait_alloc(bin_offset(row, CLASS_16K - 1), 1));
	nowait_settle(thread_enter());
}

/* Who takes the last slot without waiting asks for the next slab. */
static void test_never_twice_at_the_end(void **state)
{
	uint32_t bin = warm_bin();
	struct cache *cache = cache_of_bin(bin);
	unsigned int nr_failed = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		nr_failed += !nowait_alloc(bin, 1);
		if (nowait_is_unsettled())
			nowait_settle(thread_enter());
	}
	assert_int_equal(nr_failed, 0);
	cache_check(cache, thread_tag(thread_enter()));
}

/* Committed memory for as many places as the tests want. */
static void fill_arena(void)
{
	const struct arena *arena = &layout.arena;

	while (arena->committed - arena->next < 48ul << 10)
		assert_non_null(arena_take(&layout.arena, 4096, 8));
}

static void use_up_arena(void)
{
	while (arena_take_committed(&layout.arena, 8, 8))
		;
}

static void park_many(uint32_t bin, unsigned int nr, bool has_arena)
{
	struct cache *cache = cache_of_bin(bin);
	void **p = malloc(nr * sizeof(*p));

	for (unsigned int i = 0; i < nr; i++)
		p[i] = heap_alloc_in_bin(bin);
	assert_true(cache_try_lock(cache, thread_tag(thread_enter())));
	if (has_arena)
		fill_arena();
	else
		use_up_arena();
	for (unsigned int i = 0; i < nr; i++)
		free_slot(p[i]);
	cache_unlock(cache);
	free(p);
}

/* However many frees find their cache locked, all go home. */
static void test_many_frees(void **state)
{
	uint32_t bin = warm_bin();

	(void)state;
	for (int round = 0; round < 2; round++) {
		park_many(bin, 5000, true);
		assert_int_equal(out_of(bin), 5000);
		nowait_settle(thread_enter());
		assert_int_equal(out_of(bin), 0);
		assert_false(nowait_is_unsettled());
	}
	cache_check(cache_of_bin(bin), thread_tag(thread_enter()));
}

/* With no memory for more places the rest is lost, and nothing breaks. */
static void lose_some(void *unused)
{
	uint32_t bin = warm_bin();

	(void)unused;
	park_many(bin, 700, false);
	nowait_settle(thread_enter());
	unit_must(out_of(bin) == 700 - 511);
	unit_must(!nowait_is_unsettled());
	cache_check(cache_of_bin(bin), thread_tag(thread_enter()));
}

static void test_places_run_out(void **state)
{
	(void)state;
	unit_run_well(lose_some, NULL);
}

/* Where nobody ever waits, frees of one cache give home another's. */
static void test_help(void **state)
{
	uint32_t bin = warm_bin(), other = warm_bin();
	void *p[100];

	(void)state;
	/* Before, as each of these may settle what waits. */
	for (size_t i = 0; i < array_size(p); i++)
		p[i] = heap_alloc_in_bin(other);
	nowait_settle(thread_enter());
	park_many(bin, 100, true);
	assert_int_equal(out_of(bin), 100);
	for (size_t i = 0; i < array_size(p); i++)
		free_slot(p[i]);
	assert_int_equal(out_of(bin), 0);
	assert_false(nowait_is_unsettled());
}

/* A large object's ground is given back by who may make system calls. */
static void test_large(void **state)
{
	uint32_t bin = bin_offset(1, CLASS_LARGE);
	bool is_zero;
	char *p = heap_alloc_large(bin, 100000, 1, &is_zero);
	size_t live = layout.partitions[1].nr_large;

	(void)state;
	assert_non_null(p);
	slab_of_chunk(region_chunk_of(p))->large_state = SLOT_STOCK;
	nowait_free(slab_of_chunk(region_chunk_of(p)), p, NULL);
	assert_int_equal(place_find(p).kind, PLACE_DEAD);
	assert_int_equal(layout.partitions[1].nr_large, live);
	nowait_settle(thread_enter());
	assert_int_equal(layout.partitions[1].nr_large, live - 1);
	large_check(thread_enter(), &layout.partitions[1]);
}

/* Who asks for a large one may wait, as may who trims: neither leaves it. */
static void test_large_again(void **state)
{
	struct partition *partition = &layout.partitions[1];
	size_t live = partition->nr_large;
	bool is_zero;

	(void)state;
	for (int i = 0; i < 3; i++) {
		char *p = heap_alloc_large(bin_offset(1, CLASS_LARGE), 100000,
					   1, &is_zero);

		assert_non_null(p);
		assert_int_equal(partition->nr_large, live + 1);
		free_slot(p);
	}
	heap_trim();
	assert_false(nowait_is_unsettled());
	assert_int_equal(partition->nr_large, live);
}

/* Whose lock is held by one of that tag, it seems, as it frees. */
static void free_under(struct partition *partition, uint32_t tag, void *p)
{
	size_t live = partition->nr_large;

	partition->lock.word = tag;
	heap_free(p);
	partition->lock.word = 0;
	unit_must(partition->nr_large == live);
	unit_must(nowait_is_unsettled());
}

/* In a handler that interrupted the partition's lock: it waits. */
static void test_large_in_handler(void **state)
{
	struct partition *partition = &layout.partitions[1];
	bool is_zero;
	void *p = heap_alloc_large(bin_offset(1, CLASS_LARGE), 100000, 1,
				   &is_zero);
	size_t live = partition->nr_large;

	(void)state;
	free_under(partition, thread_tag(thread_enter()), p);
	nowait_settle(thread_enter());
	assert_int_equal(partition->nr_large, live - 1);
	large_check(thread_enter(), partition);
}

static void *free_without_heap(void *p)
{
	unit_must(!thread_enter());
	free_under(&layout.partitions[1], thread_tag(NULL), p);
	return NULL;
}

/* Threads with no heap have one tag: of two in one partition one waits. */
static void meet_without_heaps(void *unused)
{
	struct partition *partition = &layout.partitions[1];
	bool is_zero;
	void *p = heap_alloc_large(bin_offset(1, CLASS_LARGE), 100000, 1,
				   &is_zero);
	size_t live = partition->nr_large;
	pthread_t thread;

	(void)unused;
	for (size_t size = 1ul << 30; size >= 64; size /= 2)
		while (arena_take(&layout.arena, size, 8))
			;
	unit_must(!pthread_create(&thread, NULL, free_without_heap, p));
	pthread_join(thread, NULL);
	nowait_settle(thread_enter());
	unit_must(partition->nr_large == live - 1);
	large_check(thread_enter(), partition);
}

static void test_large_without_heap(void **state)
{
	(void)state;
	unit_run_well(meet_without_heaps, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* While no row is prepared, and there are no more places. */
		cmocka_unit_test(test_nothing_ever),
		cmocka_unit_test(test_beside_the_magazine),
		cmocka_unit_test(test_locked_cache),
		cmocka_unit_test(test_until_the_ground_ends),
		cmocka_unit_test(test_prepared),
		cmocka_unit_test(test_never_twice_at_the_end),
		cmocka_unit_test(test_places_run_out),
		cmocka_unit_test(test_many_frees),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_large_again),
		cmocka_unit_test(test_large_in_handler),
		cmocka_unit_test(test_large_without_heap),
		cmocka_unit_test(test_wanted_beside_each_other),
	};

	heap_boot();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
