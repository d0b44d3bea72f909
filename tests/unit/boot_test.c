/* SPDX-License-Identifier: Apache-2.0 */
/* boot: once, by whoever comes first, and with the signals as they were. */
#include "unit.h"

#include "heap/heap.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#define NR_THREADS 8

static pthread_barrier_t start;
static unsigned int nr_booted;

static void *boot_at_once(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&start);
	if (heap_boot() && heap_is_booted() && layout.secret)
		__atomic_fetch_add(&nr_booted, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void race(void *unused)
{
	pthread_t threads[NR_THREADS];

	(void)unused;
	unit_must(!heap_is_booted() && !layout.secret);
	pthread_barrier_init(&start, NULL, NR_THREADS);
	for (int i = 0; i < NR_THREADS; i++)
		unit_must(
			!pthread_create(&threads[i], NULL, boot_at_once, NULL));
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	unit_must(nr_booted == NR_THREADS);
}

static void test_race(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++)
		unit_run_well(race, NULL);
}

static void boot_with_usr1_held(void *unused)
{
	sigset_t held, after;

	(void)unused;
	sigemptyset(&held);
	sigaddset(&held, SIGUSR1);
	sigprocmask(SIG_SETMASK, &held, NULL);
	unit_must(heap_boot());
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int number = 1; number < SIGRTMIN; number++)
		unit_must(sigismember(&after, number) == (number == SIGUSR1));
}

static void test_signals(void **state)
{
	(void)state;
	unit_run_well(boot_with_usr1_held, NULL);
}

static void boot_without_memory(void *unused)
{
	struct rlimit none = { 1, 1 };

	(void)unused;
	unit_must(!setrlimit(RLIMIT_AS, &none));
	unit_must(!heap_boot() && !heap_is_booted());
	unit_must(!heap_alloc(16, 0, 1));
}

static void test_no_memory(void **state)
{
	(void)state;
	unit_run_well(boot_without_memory, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
