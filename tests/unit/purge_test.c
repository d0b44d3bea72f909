/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"
#include "heap/heap.h"
#include "heap/large.h"
#include "heap/purge.h"
#include "os/os.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>

#define SITE 77
#define DATA (1ul << 40)
#define PEAK (256ul << 20)

static size_t nr_idle_bytes(void)
{
	return cache_idle_bytes() + layout_idle_bytes();
}

/* What may be idle beside @used bytes in use. */
static size_t most_idle(size_t used)
{
	return IDLE_MAX + size_max(used / 2, size_min(used, IDLE_MAX));
}

/* Writes to @bytes of objects of @size and frees them; the first stays. */
static void rise_and_fall(size_t size, size_t bytes)
{
	size_t nr = bytes / size;
	char **live = test_calloc(nr, sizeof(*live));
	size_t usable, used;

	for (size_t i = 0; i < nr; i++) {
		live[i] = heap_alloc(size, 0, SITE);
		assert_non_null(live[i]);
		live[i][0] = 1;
	}
	usable = heap_usable_size(live[0], ACT_SIZE_QUERY);
	for (size_t i = 1; i < nr; i++) {
		heap_free(live[i]);
		/* In use; a look comes up to a 64th of it late. */
		used = (nr - i) * usable;
		assert_true(nr_idle_bytes() <=
			    most_idle(used) + used / 64 + IDLE_LEAST + usable);
	}
	/* The thread's stock is in use, too. */
	assert_true(nr_idle_bytes() <=
		    IDLE_MAX + MAGAZINE_BYTES_LARGE + usable);
	heap_free(live[0]);
	test_free(live);
}

/* How much is idle when 11 of 16 parts of a peak were freed. */
static size_t use_and_free_most(char **live, size_t nr)
{
	size_t nr_freed = nr / 16 * 11;
	size_t idle;

	for (size_t i = 0; i < nr; i++) {
		live[i] = heap_alloc(1ul << 20, 0, SITE);
		assert_non_null(live[i]);
		live[i][0] = 1;
	}
	for (size_t i = 0; i < nr_freed; i++)
		heap_free(live[i]);
	idle = nr_idle_bytes();
	for (size_t i = nr_freed; i < nr; i++)
		heap_free(live[i]);
	return idle;
}

/*
 * What was used a moment ago stays, of 128 MiB 88, but for what goes back at a
 * rate: the first turns use that up, and a later one is short enough.
 */
static void test_moment_ago(void **state)
{
	static char *live[128];
	size_t most = 0;

	(void)state;
	for (int turn = 0; turn < 50 && most <= (84ul << 20); turn++)
		most = use_and_free_most(live, array_size(live));
	assert_true(most > (84ul << 20));
}

/* After a peak only so much stays, of small and of large objects. */
static void test_after_peak(void **state)
{
	(void)state;
	rise_and_fall(4096, PEAK);
	rise_and_fall(100000, PEAK);
	rise_and_fall(PEAK / 4, PEAK);
}

/* Buffers that come and go are not fetched from the system each time. */
static void test_churn(void **state)
{
	char *live[16] = { 0 };
	uint64_t seed = unit_seed();
	size_t fetched = 0, asked = 0;

	(void)state;
	/* With as much idle as may be, a tenth is purged and fetched again. */
	heap_trim();
	for (int i = 0; i < 3000; i++) {
		char **place = &live[unit_random(&seed) % 16];
		size_t size = 100000 + unit_random(&seed) % 900000;
		bool is_zero;

		heap_free(*place);
		*place = large_alloc(thread_enter(), 0, size, 1, &is_zero);
		assert_non_null(*place);
		asked += size;
		fetched += is_zero ? size : 0;
	}
	for (int i = 0; i < 16; i++)
		heap_free(live[i]);
	/* All but the first ones: a hundredth was seen. */
	assert_true(fetched < asked / 8);
}

static pthread_barrier_t begin;

static void *give_back_all(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&begin);
	purge_all(thread_enter(), true);
	return NULL;
}

/* Idle slabs between slabs in use: each goes back by a call of its own. */
static void leave_holes(void)
{
	static char *live[10000];

	for (size_t i = 0; i < array_size(live); i++) {
		live[i] = heap_alloc(8000, 0, SITE);
		unit_must(live[i]);
		live[i][0] = 1;
	}
	for (size_t i = 0; i < array_size(live); i++) {
		if (i % 32)
			heap_free(live[i]);
	}
}

/* What RLIMIT_DATA counts, in bytes. */
static size_t nr_data_bytes(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	size_t kb = 0;

	unit_must(file);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "VmData: %zu", &kb);
	fclose(file);
	unit_must(kb);
	return kb << 10;
}

static void ask_meanwhile(void *unused)
{
	struct rlimit limit = { 0, RLIM_INFINITY };
	pthread_t thread;
	size_t idle;

	(void)unused;
	os_spend_mappings();
	/* What the tests before had. */
	purge_all(thread_enter(), true);
	leave_holes();
	idle = cache_idle_bytes();
	unit_must(idle > (32ul << 20));
	pthread_barrier_init(&begin, NULL, 2);
	unit_must(!pthread_create(&thread, NULL, give_back_all, NULL));
	limit.rlim_cur = nr_data_bytes();
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	pthread_barrier_wait(&begin);
	while (cache_idle_bytes() >= idle)
		;
	/* Of a partition that has no ground yet. */
	unit_must(heap_alloc(idle / 8 * 7, DATA, SITE));
	pthread_join(thread, NULL);
}

/* Whom memory fails while a thread gives back all that is idle waits for it. */
static void test_in_turn(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	/* Who does not wait is served one time in two. */
	for (int i = 0; i < 8 && !UNIT_HAS_SANITIZER; i++)
		unit_run_well(ask_meanwhile, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moment_ago),
		cmocka_unit_test(test_after_peak),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
