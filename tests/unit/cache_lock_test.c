/* SPDX-License-Identifier: Apache-2.0 */
/* cache, whose lock somebody holds: another thread, this one, or nobody now. */
#include "tests/unit/cached.h"

#define CHILD lock_tag(2, 2)

/* In a handler that interrupted the lock's holder no list changes. */
static void test_reentered(void **state)
{
	struct cache cache = { 0 }, before;
	struct slab *slab = fixture_slab(LARGEST, 0);
	struct slot slots[2], other;

	(void)state;
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, slots, 2, TAG), 2);
	cache.lock.word = TAG;
	before = cache;
	assert_true(cache_take(&cache, &other, 1, TAG) < 0);
	assert_false(cache_add_slab(&cache, slab, TAG));
	purge(&cache, 0, false);
	cache_check(&cache, TAG);
	assert_memory_equal(&cache, &before, sizeof(cache));
	/* What comes home waits in the depot, and serves from there. */
	cache_give(&cache, slots, 2, TAG);
	/* No longer new: what was constructed is not constructed again. */
	assert_int_equal(*slots[0].state, SLOT_STOCK);
	assert_int_equal(cache.nr_out, 0);
	assert_int_equal(cache_take(&cache, &other, 1, TAG), 1);
	assert_ptr_equal(other.address, slots[1].address);
	assert_int_equal(cache.nr_out, 1);
	cache.lock.word = 0;
	cache_check(&cache, TAG);
	assert_int_equal(*slots[0].state, SLOT_FREE);
}

/* Who finds another thread at work neither waits nor loses anything. */
static void test_depot(void **state)
{
	const uint32_t worker = TAG + 1;
	struct cache cache = { 0 };
	size_t idle = cache_idle_bytes();
	struct slot out[8], again[8];

	(void)state;
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, out, 8, TAG), 8);
	cache.lock.word = worker;
	cache_give(&cache, out, 5, TAG);
	assert_int_equal(cache.nr_out, 3);
	assert_int_equal(cache_take(&cache, again, 2, TAG), 2);
	cache_give(&cache, out + 5, 3, TAG);
	assert_int_equal(cache.lock.word, worker);
	assert_int_equal(cache.nr_out, 2);
	lock_release(&cache.lock);
	/* The next who has the lock. */
	cache_give(&cache, again, 2, TAG);
	assert_true(depot_is_empty(&cache.depot));
	assert_int_equal(cache.nr_out, 0);
	assert_int_equal(cache_idle_bytes(), idle + 8 * SMALL_MAX);
	cache_check(&cache, TAG);
	purge(&cache, 0, false);
	assert_int_equal(cache_idle_bytes(), idle);
}

/* Nothing waits in a depot of whom it is nobody will have the lock. */
static void test_orphaned_depot(void **state)
{
	struct cache cache = { 0 };
	struct slot out[8];

	(void)state;
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, out, 8, TAG), 8);
	cache.lock.word = TAG;
	cache_give(&cache, out, 1, CHILD - 1);
	cache_give(&cache, out + 1, 1, CHILD);
	assert_int_equal(cache.epoch, 1);
	assert_int_equal(cache.lock.word, 0);
	assert_true(depot_is_empty(&cache.depot));
	assert_int_equal(cache.nr_out, 6);
	assert_int_equal(cache_take(&cache, out, 1, CHILD), 0);
}

/* Empty slabs that are forgotten are idle no more: nobody can purge them. */
static void test_orphaned_idle(void **state)
{
	struct cache cache = { 0 };
	size_t idle = cache_idle_bytes();
	struct slot out[8];

	(void)state;
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, out, 8, TAG), 8);
	cache_give(&cache, out, 8, TAG);
	assert_int_equal(cache_idle_bytes(), idle + 8 * SMALL_MAX);
	cache.lock.word = TAG;
	assert_int_equal(cache_take(&cache, out, 1, CHILD), 0);
	assert_int_equal(cache_idle_bytes(), idle);
}

/* The holder vanished in a fork: nothing old is ever handed out again. */
static void test_orphaned(void **state)
{
	struct cache cache = { 0 };
	struct slot old[12], new[8], none;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(
			cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, old, 12, TAG), 12);
	cache.lock.word = TAG;
	assert_int_equal(cache_take(&cache, &none, 1, CHILD), 0);
	assert_int_equal(cache.lock.word, 0);
	assert_int_equal(cache.epoch, 1);
	cache_check(&cache, CHILD);
	/* What comes back is dropped, emptied slabs too. */
	cache_give(&cache, old, 12, CHILD);
	assert_int_equal(cache_take(&cache, &none, 1, CHILD), 0);
	purge_some(&cache, &(struct purge){ 0, false, SIZE_MAX, false }, CHILD);
	cache_check(&cache, CHILD);
	/* And it goes on with a new slab. */
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), CHILD));
	assert_int_equal(cache_take(&cache, new, 8, CHILD), 8);
	for (int i = 0; i < 8; i++) {
		for (int o = 0; o < 12; o++)
			assert_ptr_not_equal(new[i].address, old[o].address);
	}
	cache_give(&cache, new, 8, CHILD);
	assert_int_equal(cache_take(&cache, new, 8, CHILD), 8);
	cache_check(&cache, CHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reentered),
		cmocka_unit_test(test_depot),
		cmocka_unit_test(test_orphaned_depot),
		cmocka_unit_test(test_orphaned),
		cmocka_unit_test(test_orphaned_idle),
	};

	return cmocka_run_group_tests(tests, cached_begin, NULL);
}
