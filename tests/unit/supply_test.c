/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/supply.h"

#define CLASS_64 3

/* From a fresh slab as from one in use: as many as asked for, all different. */
static void test_take(void **state)
{
	struct heap *heap = thread_enter();
	uint32_t bin = bin_offset(0, CLASS_64);
	struct slot slots[2][16];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(supply_take(heap, bin, slots[i], 16), 16);
	assert_int_equal(cache_nr_slabs(cache_of_bin(bin)), 1);
	for (int i = 0; i < 16; i++) {
		assert_ptr_not_equal(slots[0][i].address, slots[1][i].address);
		assert_true(*slots[1][i].state == SLOT_NEW);
	}
	cache_give(cache_of_bin(bin), slots[0], 16, thread_tag(heap));
	cache_give(cache_of_bin(bin), slots[1], 16, thread_tag(heap));
	cache_check(cache_of_bin(bin), thread_tag(heap));
}

/* In a signal handler under the cache's own lock there are slots, too. */
static void test_reentered(void **state)
{
	struct heap *heap = thread_enter();
	uint32_t bin = bin_offset(1, CLASS_64);
	struct cache *cache = cache_of_bin(bin);
	struct slot slot;

	(void)state;
	assert_true(cache_try_lock(cache, thread_tag(heap)));
	assert_int_equal(supply_take(heap, bin, &slot, 1), 1);
	cache_unlock(cache);
	assert_int_equal(cache->nr_out, 1);
	assert_int_equal(cache_nr_slabs(cache), 0);
}

static void test_make_slab(void **state)
{
	struct heap *heap = thread_enter();
	uint32_t bin = bin_offset(2, CLASS_64);
	struct slab *slab = supply_make_slab(heap, bin);

	(void)state;
	assert_non_null(slab);
	assert_int_equal(bin_of_slab(slab), bin);
	assert_int_equal(slab->size, 64);
	assert_int_equal(slab_span(slab), layout_span(bin));
	slab_check(slab);
}

/* Two threads that each take from a slab of their own share no line. */
static void test_lines_apart(void **state)
{
	struct heap *heap = thread_enter();
	uintptr_t line, last = 0;

	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		struct slab *slab =
			supply_make_slab(heap, bin_offset(3, class));

		assert_non_null(slab);
		line = (uintptr_t)slab->states / 64;
		assert_true(line > last);
		last = ((uintptr_t)slab->states + slab->nr_slots - 1) / 64;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_reentered),
		cmocka_unit_test(test_make_slab),
		cmocka_unit_test(test_lines_apart),
	};

	heap_boot();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
