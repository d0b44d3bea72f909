/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/large.h"
#include "heap/sums.h"

#define NR_MOST 2000

static void test_nothing(void **state)
{
	struct heap_sums sums = heap_sum();

	(void)state;
	assert_int_equal(sums.nr_small, 0);
	assert_int_equal(sums.nr_large, 0);
	assert_int_equal(sums.slab_bytes, 0);
	assert_int_equal(sums.free_slots, 0);
	assert_int_equal(sums.idle_bytes, 0);
}

/* Exact after every step, against our own count of what is live. */
static void test_exact(void **state)
{
	static void *live[NR_MOST];
	static size_t sizes[NR_MOST];
	struct heap_sums own = { 0 };
	uint64_t seed = unit_seed();

	(void)state;
	for (int i = 0; i < 8000; i++) {
		unsigned int at = unit_random(&seed) % NR_MOST;
		size_t size = unit_random(&seed) % 50
				      ? unit_random(&seed) % 600
				      : unit_random(&seed) % 300000;
		struct heap_sums sums;

		if (live[at] && sizes[at] > SMALL_MAX) {
			own.nr_large--;
			own.large_bytes -= large_usable(sizes[at]);
		} else if (live[at]) {
			own.nr_small--;
			own.small_bytes -= class_size(class_of(sizes[at]));
		}
		heap_free(live[at]);
		live[at] = NULL;
		if (unit_random(&seed) % 3) {
			uint64_t token = unit_random(&seed) << 40;

			live[at] = heap_alloc(size, token, 1);
			sizes[at] = size;
		}
		if (live[at] && size > SMALL_MAX) {
			own.nr_large++;
			own.large_bytes += large_usable(size);
		} else if (live[at]) {
			own.nr_small++;
			own.small_bytes += class_size(class_of(size));
		}
		sums = heap_sum();
		assert_int_equal(sums.nr_small, own.nr_small);
		assert_int_equal(sums.small_bytes, own.small_bytes);
		assert_int_equal(sums.nr_large, own.nr_large);
		assert_int_equal(sums.large_bytes, own.large_bytes);
		assert_true(sums.slab_bytes >= sums.small_bytes);
	}
	for (int i = 0; i < NR_MOST; i++)
		heap_free(live[i]);
	assert_int_equal(heap_sum().nr_small + heap_sum().nr_large, 0);
	assert_true(heap_sum().idle_bytes > 0);
	assert_true(heap_trim());
	assert_int_equal(heap_sum().idle_bytes, 0);
	assert_false(heap_trim());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_exact),
	};

	if (!heap_boot())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
