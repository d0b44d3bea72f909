/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/nowait.h"
#include "heap/place.h"
#include "heap/supply.h"

#define CLASS_64 3

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
	char *p = nowait_alloc(bin);

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
	void *p = nowait_alloc(bin);

	(void)state;
	assert_true(cache_try_lock(cache, tag));
	assert_null(nowait_alloc(bin));
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
	size_t slots = (left + class_span(CLASS_64)) / 64;
	char *committed = ground->committed;
	size_t got = 0;

	(void)state;
	while (nowait_alloc(bin))
		got++;
	assert_ptr_equal(ground->committed, committed);
	assert_true(got <= slots);
	assert_true(got + MAGAZINE_SLOTS_MAX >= slots);

	/* It is remembered, and the next who may wait sees to it. */
	assert_true(nowait_is_unsettled());
	nowait_settle(thread_enter());
	assert_non_null(nowait_alloc(bin));
}

static void test_nothing_ever(void **state)
{
	uint32_t bin = fresh_bin();

	(void)state;
	assert_null(nowait_alloc(bin));
	assert_null(nowait_alloc(bin));
	heap_free(heap_alloc_in_bin(fresh_bin()));
	assert_non_null(nowait_alloc(bin));
}

/* More frees than there are places: the rest is lost, and nothing breaks. */
static void test_places_run_out(void **state)
{
	uint32_t bin = warm_bin();
	struct cache *cache = cache_of_bin(bin);
	uint32_t tag = thread_tag(thread_enter());
	unsigned int nr = NOWAIT_FREES_MAX + 100;
	void **p = malloc(nr * sizeof(*p));

	(void)state;
	for (unsigned int i = 0; i < nr; i++)
		p[i] = heap_alloc_in_bin(bin);
	assert_true(cache_try_lock(cache, tag));
	for (unsigned int i = 0; i < nr; i++)
		free_slot(p[i]);
	cache_unlock(cache);
	nowait_settle(thread_enter());
	assert_int_equal(out_of(bin), 100);
	cache_check(cache, tag);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beside_the_magazine),
		cmocka_unit_test(test_locked_cache),
		cmocka_unit_test(test_until_the_ground_ends),
		cmocka_unit_test(test_nothing_ever),
		cmocka_unit_test(test_places_run_out),
	};

	heap_boot();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
