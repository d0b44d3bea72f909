/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"
#include "heap/grow.h"
#include "heap/heap.h"

#define SIZE 48
#define SITE 1

/* Of a row that no other test has used. */
static struct bin *fresh_bin(struct heap *heap, unsigned int class,
			     uint32_t *offset)
{
	static uintptr_t site = SITE + 1;
	struct bin *bin;

	do
		*offset = bin_offset(layout_row(0, site++), class);
	while (heap_bin(heap, *offset)->base ||
	       layout_row(0, site - 1) == layout_row(0, SITE));
	bin = heap_bin(heap, *offset);
	assert_int_equal(magazine_size(bin), 0);
	return bin;
}

static size_t small_slots(unsigned int class)
{
	size_t slots = MAGAZINE_BYTES_SMALL / class_size(class);

	return size_max(MAGAZINE_SLOTS_MIN,
			size_min(MAGAZINE_SLOTS_SMALL, slots));
}

/* They double, keep what they hold, and stop: however much is allocated. */
static void test_small(void **state)
{
	struct heap *heap = thread_enter();

	(void)state;
	for (unsigned int c = 0; c < NR_CLASSES; c++) {
		uint8_t states[MAGAZINE_SLOTS_SMALL];
		unsigned int n = 0, slots = 0;
		uint32_t offset;
		struct bin *bin = fresh_bin(heap, c, &offset);

		while (grow_magazine(heap, offset)) {
			assert_int_equal(magazine_size(bin),
					 slots ? slots * 2
					       : MAGAZINE_SLOTS_MIN);
			slots = magazine_size(bin);
			assert_int_equal(magazine_count(bin), n);
			for (unsigned int i = 0; i < n; i++)
				assert_ptr_equal(bin->base[i].state,
						 &states[i]);
			for (; !magazine_is_full(bin); n++)
				magazine_push(bin, NULL, &states[n]);
		}
		assert_true(slots <= small_slots(c));
		assert_true(slots * 2 > small_slots(c));
		bin->nr_allocs = UINT64_MAX / 2;
		magazine_note_full(bin);
		assert_false(grow_magazine(heap, offset));
		bin->nr_allocs = 0;
		bin->top = bin->base;
	}
}

/* Empty, and @since allocations ago it was full. */
static bool grow_after(struct heap *heap, uint32_t offset, uint64_t since)
{
	struct bin *bin = heap_bin(heap, offset);

	magazine_note_full(bin);
	bin->nr_allocs += since;
	return grow_magazine(heap, offset);
}

/* Large ones are for who wants at once what it gave home. */
static void test_large(void **state)
{
	struct heap *heap = thread_enter();
	const size_t before = heap->bytes_large;
	size_t large = before;
	uint32_t offset;

	(void)state;
	for (unsigned int c = class_of(16); c <= class_of(2048); c += 4) {
		struct bin *bin = fresh_bin(heap, c, &offset);
		size_t slots, size = class_size(c);

		while (grow_magazine(heap, offset))
			;
		slots = magazine_size(bin);
		/* Who has not allocated much has none. */
		assert_false(grow_after(heap, offset, 1));
		for (bin->nr_allocs = 1 << 20;; slots *= 2) {
			assert_false(grow_after(heap, offset, slots + 1));
			if (!grow_after(heap, offset, slots))
				break;
			assert_int_equal(magazine_size(bin), slots * 2);
			/* And begins anew: once is not often. */
			assert_false(grow_magazine(heap, offset));
		}
		if (slots > small_slots(c))
			large += slots * size;
		assert_int_equal(heap->bytes_large, large);
		assert_true(large <= MAGAZINE_BYTES_LARGE);
		assert_true(slots <= MAGAZINE_SLOTS_MAX);
		assert_true(slots * size <= MAGAZINE_BYTES_MAX);
		if (slots < MAGAZINE_SLOTS_MAX &&
		    slots * size * 2 <= MAGAZINE_BYTES_MAX)
			assert_true(large + slots * size * 2 >
				    MAGAZINE_BYTES_LARGE);
		bin->nr_allocs = 0;
	}
	assert_true(large > MAGAZINE_BYTES_LARGE / 2);
	heap->bytes_large = before;
}

/* And for who has nothing to give home, for long: two batches at most. */
static void test_takers(void **state)
{
	struct heap *heap = thread_enter();
	const size_t before = heap->bytes_large;
	uint32_t offset;
	struct bin *bin = fresh_bin(heap, class_of(64), &offset);

	(void)state;
	while (grow_magazine(heap, offset))
		;
	assert_int_equal(magazine_size(bin), MAGAZINE_SLOTS_SMALL);
	for (unsigned int slots = MAGAZINE_SLOTS_SMALL;
	     slots < 2 * MAGAZINE_BATCH; slots *= 2) {
		bin->nr_allocs = 2 * slots * MAGAZINE_WORTH - 1;
		assert_false(grow_magazine(heap, offset));
		bin->nr_allocs++;
		assert_true(grow_magazine(heap, offset));
	}
	assert_int_equal(magazine_size(bin), 2 * MAGAZINE_BATCH);
	bin->nr_allocs *= 100;
	assert_false(grow_magazine(heap, offset));
	bin->nr_allocs = 0;
	heap->bytes_large = before;
}

#define NR_BATCH 1000

/* A batch that comes and goes: the caches are not asked any more. */
static void test_batches(void **state)
{
	static void *batch[NR_BATCH];
	uint32_t offset = bin_offset(layout_row(0, SITE), class_of(SIZE));
	struct cache *cache = cache_of_bin(offset);
	uint64_t nr_out = 0;

	(void)state;
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < NR_BATCH; i++) {
			batch[i] = heap_alloc(SIZE, 0, SITE);
			if (round == 99)
				assert_int_equal(cache->nr_out, nr_out);
		}
		for (int i = 0; i < NR_BATCH; i++) {
			heap_free(batch[i]);
			if (round == 99)
				assert_int_equal(cache->nr_out, nr_out);
		}
		nr_out = cache->nr_out;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_takers),
		cmocka_unit_test(test_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
