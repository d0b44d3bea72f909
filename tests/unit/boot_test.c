/* SPDX-License-Identifier: Apache-2.0 */
/* boot: once, by whoever comes first, and with the signals as they were. */
#include "unit.h"

#include "heap/heap.h"
#include "os/os.h"

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

/* Of 47 or 48 bits of addresses what 39 bits are stays, in one piece. */
static void leave_39_bits(void)
{
	const size_t all = 1ul << 39;
	char *left = os_reserve(all);

	unit_must(left);
	for (size_t size = 1ul << 46; size >= 1ul << 30; size /= 2) {
		while (os_reserve(size))
			;
	}
	os_release(left, all);
}

/* The reservation is halved until it fits, and the arenas have room beside. */
static void live_in_39_bits(void *unused)
{
	char *p;

	(void)unused;
	os_init();
	leave_39_bits();
	unit_must(!os_reserve(1ul << 40));
	unit_must(heap_boot());
	unit_must(region.nr_blocks * BLOCK_SIZE == 1ul << 38);
	for (int i = 0; i < 100000; i++)
		unit_must(heap_alloc(i % 5000, 0, i));
	p = heap_alloc(64ul << 30, 0, 1);
	unit_must(p);
	p[0] = 1;
	p[(64ul << 30) - 1] = 1;
	heap_free(p);
	/* As much again is left for the program's own. */
	unit_must(os_reserve(1ul << 37));
}

static void test_39_bits(void **state)
{
	(void)state;
	unit_needs("addresses of its own");
	if (UNIT_HAS_SANITIZER)
		return;
	unit_run_well(live_in_39_bits, NULL);
}

/*
 * Of the addresses there are, the halved reservation may leave too few for
 * what lies beside it; then a half of that does.
 */
static void live_in_odd_rest(void *gigabytes)
{
	char *rest;
	void *p;

	os_init();
	leave_39_bits();
	/* Of 512 GiB, so many. */
	rest = os_reserve((512ul - (uintptr_t)gigabytes) << 30);
	unit_must(rest);
	unit_must(heap_boot());
	unit_must(region.nr_blocks * BLOCK_SIZE >= 64ul << 30);
	p = heap_alloc(1000, 0, 1);
	unit_must(p);
	heap_free(p);
	p = heap_alloc(1ul << 30, 0, 1);
	unit_must(p);
	heap_free(p);
}

static void test_odd_rest(void **state)
{
	(void)state;
	unit_needs("addresses of its own");
	if (UNIT_HAS_SANITIZER)
		return;
	for (uintptr_t rest = 256; rest < 320; rest += 7)
		unit_run_well(live_in_odd_rest, (void *)rest);
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

/* And says so, once. */
static void test_no_memory(void **state)
{
	struct unit_child child;

	(void)state;
	unit_needs("limits of memory");
	child = unit_run(boot_without_memory, NULL);
	assert_int_equal(child.status, 0);
	assert_string_equal(child.text,
			    "typeslab: no heap: no memory for 32 partitions;"
			    " raise ulimit -v or -d, or ask for fewer by"
			    " unknown=, data= and pointer=\n");
}

/* As much as the library itself takes and @mib more. */
static void boot_with_most_rows(void *mib)
{
	size_t size = (uintptr_t)mib << 20;
	struct rlimit limit = { 0, RLIM_INFINITY };
	unsigned long pages = 0;
	char text[64] = { 0 };
	FILE *file = fopen("/proc/self/statm", "r");
	void *p;

	unit_must(file && fgets(text, sizeof(text), file));
	fclose(file);
	pages = strtoul(text, NULL, 10);
	limit.rlim_cur = pages * (size_t)sysconf(_SC_PAGESIZE) + size;
	unit_must(!setrlimit(RLIMIT_AS, &limit));
	unit_must(heap_boot());
	unit_must(layout.nr_rows == 3 * 1024);
	for (size_t i = 1; i < 100000; i += i / 3 + 1) {
		p = heap_alloc(i, 0, i);
		unit_must(p);
		heap_free(p);
	}
	/* And something is left for the program. */
	unit_must(os_reserve(size / 8));
}

static void test_most_rows(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	if (UNIT_HAS_SANITIZER)
		return;
	setenv("TYPESLAB", "unknown=1024,data=1024,pointer=1024", 1);
	for (uintptr_t mib = 80; mib < 1000; mib += mib / 3)
		unit_run_well(boot_with_most_rows, (void *)mib);
	setenv("TYPESLAB",
	       "unknown=1024,data=1024,pointer=1024,profile=hardened", 1);
	unit_run_well(boot_with_most_rows, (void *)100);
	unsetenv("TYPESLAB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_39_bits),
		cmocka_unit_test(test_odd_rest),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_most_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
