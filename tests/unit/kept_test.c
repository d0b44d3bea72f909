/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/guard.h"
#include "heap/heap.h"
#include "heap/kept.h"
#include "heap/large.h"

#define LARGE 40000u

static struct partition *partition;

static struct slab *slab_at(const void *p)
{
	return slab_of_address(p);
}

static char *alloc(size_t size, size_t align)
{
	bool is_zero;
	char *p = heap_alloc_large(bin_offset(0, CLASS_LARGE), size, align,
				   &is_zero);

	partition = layout_partition(bin_offset(0, CLASS_LARGE));
	assert_non_null(p);
	assert_true(guard_of_large(slab_at(p)));
	large_check(thread_enter(), partition);
	return p;
}

static void give(char *p)
{
	heap_free(p);
	large_check(thread_enter(), partition);
}

/* The same span comes back with its guard; others do not take it. */
static void test_same_span(void **state)
{
	char *p = alloc(LARGE, 1), *q;

	(void)state;
	for (int i = 0; i < 10; i++) {
		memset(p, 'x', LARGE);
		give(p);
		assert_int_equal(partition->nr_kept, 1);
		assert_false(unit_can_read(slab_end(slab_at(p)) - 1));
		q = alloc(3 * LARGE, 1);
		assert_true(q != p);
		heap_free_sized(q, 3 * LARGE, 0);
		assert_int_equal(partition->nr_kept, 2);
		assert_ptr_equal(alloc(LARGE, 1), p);
		assert_false(unit_can_read(slab_end(slab_at(p)) - 1));
		assert_int_equal(partition->nr_kept, 1);
		heap_trim();
		assert_int_equal(partition->nr_kept, 0);
	}
	give(p);
}

static void test_align(void **state)
{
	char *p = alloc(LARGE, 1);
	size_t align = region_grain();
	char *q;

	(void)state;
	while (!((uintptr_t)p & (align - 1)))
		align *= 2;
	give(p);
	q = alloc(LARGE, align);
	assert_int_equal((uintptr_t)q & (align - 1), 0);
	give(q);
}

/* Beyond the most the oldest goes; one too large is not kept at all. */
static void test_surplus(void **state)
{
	char *p[KEPT_MAX + 1], *big;

	(void)state;
	heap_trim();
	for (unsigned int i = 0; i <= KEPT_MAX; i++)
		p[i] = alloc(LARGE, 1);
	big = alloc(KEPT_SPAN_MAX, 1);
	assert_false(kept_wants(slab_at(big)));
	assert_true(kept_wants(slab_at(p[0])));
	for (unsigned int i = 0; i < KEPT_MAX; i++)
		give(p[i]);
	give(big);
	assert_int_equal(partition->nr_kept, KEPT_MAX);
	assert_int_equal(slab_at(p[0])->kind, SLAB_LARGE_KEPT);
	give(p[KEPT_MAX]);
	assert_int_equal(partition->nr_kept, KEPT_MAX);
	assert_int_equal(slab_at(p[0])->kind, SLAB_LARGE_FREE);
	assert_int_equal(slab_at(p[1])->kind, SLAB_LARGE_KEPT);
}

/* Their memory counts as idle, goes back like other, and by its age. */
static void test_idle(void **state)
{
	struct purge purge = { 1, false, SIZE_MAX, false };
	size_t before;
	char *p;

	(void)state;
	heap_trim();
	p = alloc(LARGE, 1);
	memset(p, 'x', LARGE);
	before = layout_idle_bytes();
	give(p);
	assert_int_equal(layout_idle_bytes(), before + 2 * region_grain());
	large_purge(thread_enter(), partition, &purge);
	assert_int_equal(partition->nr_kept, 1);
	slab_clock++;
	large_purge(thread_enter(), partition, &purge);
	assert_int_equal(partition->nr_kept, 0);
	purge.age = 0;
	large_purge(thread_enter(), partition, &purge);
	assert_int_equal(layout_idle_bytes(), 0);
	p = heap_alloc_zeroed(LARGE, 0, 1);
	for (size_t i = 0; i < LARGE; i++)
		assert_int_equal(p[i], 0);
	heap_free(p);
}

/*
 * After a fork that lost the lock's holder an object outlives its partition's
 * lists: it is kept on the new ones.
 */
static void test_older_than_lists(void **state)
{
	char *p = alloc(LARGE, 1);

	(void)state;
	/* Another thread's of another generation. */
	partition->lock.word =
		thread_tag(thread_own()) ^ (2u << LOCK_ID_BITS | 2u);
	assert_true(layout_lock_partition(partition, thread_tag(thread_own())));
	lock_release(&partition->lock);
	give(p);
	assert_ptr_equal(alloc(LARGE, 1), p);
	give(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_span),
		cmocka_unit_test(test_align),
		cmocka_unit_test(test_surplus),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_older_than_lists),
	};

	setenv("TYPESLAB", "guard=8", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
