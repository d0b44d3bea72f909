/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"

#define NR 4096

static size_t nr_idle_bytes(void)
{
	return cache_idle_bytes() + layout_idle_bytes();
}

/* All that is idle goes back, what waits in the thread's magazines too. */
static void test_trim(void **state)
{
	char *live[NR];

	(void)state;
	for (size_t i = 0; i < NR; i++) {
		live[i] = heap_alloc(2048, 0, 77);
		assert_non_null(live[i]);
		live[i][0] = 1;
	}
	for (size_t i = 0; i < NR; i++)
		heap_free(live[i]);
	assert_true(nr_idle_bytes() > 0);
	assert_true(heap_trim());
	assert_int_equal(nr_idle_bytes(), 0);
	assert_false(heap_trim());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
