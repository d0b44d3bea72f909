/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promises that were once broken, one case a run: each needs a heap of its
 * own.
 */
#include "tests/unit/unit.h"

#include "cache/cache.h"
#include "heap/heap.h"
#include "tests/unit/fixture.h"

#define CHILD lock_tag(2, 2)

/* region.h: NULL only where there is no room. */
static void test_whole_region(void **state)
{
	const struct region_asker asker = { 12345, FIXTURE_TAG, true };

	(void)state;
	fixture_begin();
	assert_non_null(region_take_extent(region.nr_blocks, &asker));
}

/* cache.h: bytes of empty slabs not yet purged; forgotten ones never are. */
static void test_orphan_idle(void **state)
{
	struct cache cache = { 0 };
	struct slot out[8];

	(void)state;
	fixture_begin();
	assert_true(cache_add_slab(&cache, fixture_slab(39, 0), FIXTURE_TAG));
	assert_int_equal(cache_take(&cache, out, 8, FIXTURE_TAG), 8);
	cache_give(&cache, out, 8, FIXTURE_TAG);
	cache.lock.word = FIXTURE_TAG;
	assert_int_equal(cache_take(&cache, out, 1, CHILD), 0);
	cache_purge(&cache, false, CHILD);
	assert_int_equal(cache_idle_bytes(), 0);
}

/* cache.h: nr_out is what was taken and not given back, in handlers too. */
static void test_handler_count(void **state)
{
	struct cache *cache;
	struct heap *heap;
	uint64_t before;
	void *p;

	(void)state;
	heap_free(heap_alloc(64, 0, 1));
	heap = thread_enter();
	thread_flush(heap);
	cache = cache_of_bin(bin_offset(layout_row(0, 1), class_of(64)));
	before = cache->nr_out;
	cache->lock.word = thread_tag(heap);
	p = heap_alloc(64, 0, 1);
	cache->lock.word = 0;
	assert_non_null(p);
	heap_free(p);
	thread_flush(heap);
	assert_true(cache->nr_out == before);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_region),
		cmocka_unit_test(test_orphan_idle),
		cmocka_unit_test(test_handler_count),
	};

	if (argc != 2)
		return 2;
	cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
