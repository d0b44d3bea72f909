/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "os/single.h"

#include <pthread.h>

static void *ask(void *unused)
{
	(void)unused;
	return (void *)(uintptr_t)os_single_bit();
}

/* Before the second thread anything; from it on never true. */
static void test_threads(void **state)
{
	pthread_t threads[2];
	void *answer;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask, NULL),
				 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], &answer);
		assert_null(answer);
	}
}

/* With glibc a lone thread is told so: the fast path relies on it. */
static void test_alone(void **state)
{
	(void)state;
	if (UNIT_HAS_TSAN || UNIT_HAS_ASAN) {
		print_message(
			"# left out: alone: a sanitizer may have threads\n");
		return;
	}
	assert_true(os_is_single_threaded());
	/* And in that very bit. */
	assert_int_equal(os_single_bit(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
