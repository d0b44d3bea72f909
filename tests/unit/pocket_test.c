/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"
#include "heap/heap.h"
#include "heap/nowait.h"
#include "heap/place.h"
#include "heap/pocket.h"
#include "heap/sums.h"
#include "os/os.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#define SITE 5
#define SIZE 100000

static struct partition *partition_of_test(void)
{
	return &layout.partitions[layout_row(0, SITE)];
}

/* Of a row that has no type. */
static uintptr_t site_of(unsigned int row)
{
	uintptr_t site = SITE;

	while (layout_row(0, site) != row)
		site++;
	return site;
}

static unsigned int count_places(void)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < POCKET_PLACES; i++)
		nr += thread_enter()->pocket.slabs[i] != NULL;
	return nr;
}

/* Asked for again after a free so often that it may stay. */
static void want(size_t size)
{
	for (int i = 0; i < 10; i++)
		heap_free(heap_alloc(size, 0, SITE));
	pocket_flush(thread_enter());
}

static int begin(void **state)
{
	(void)state;
	want(SIZE);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pocket_flush(thread_enter());
	assert_int_equal(count_places(), 0);
	assert_int_equal(partition_of_test()->nr_large, 0);
	assert_int_equal(partition_of_test()->large_bytes, 0);
	large_check(thread_enter(), partition_of_test());
	return 0;
}

/* The newest of the size and of the row comes back, and it counts. */
static void test_same(void **state)
{
	struct heap_sums before = heap_sum(), sums;
	uint64_t allocs;
	char *one, *other;

	(void)state;
	one = heap_alloc(SIZE, 0, SITE);
	other = heap_alloc(SIZE, 0, SITE);
	assert_int_equal(heap_sum().nr_large, before.nr_large + 2);
	heap_free(one);
	heap_free(other);
	sums = heap_sum();
	assert_int_equal(sums.nr_large, before.nr_large);
	assert_int_equal(sums.large_bytes, before.large_bytes);
	assert_int_equal(partition_of_test()->nr_large, 2);
	allocs = partition_of_test()->nr_large_allocs;
	assert_ptr_equal(heap_alloc(SIZE, 0, SITE), other);
	assert_ptr_equal(heap_alloc(SIZE, 0, SITE), one);
	assert_int_equal(partition_of_test()->nr_large_allocs, allocs);
	sums = heap_sum();
	assert_int_equal(sums.nr_large, before.nr_large + 2);
	heap_free(one);
	heap_free(other);
}

/* Of another size, row or alignment it is somebody else's. */
static void test_others(void **state)
{
	uintptr_t other_site = site_of(layout_row(0, SITE) == 0);
	char *p, *q;

	(void)state;
	p = heap_alloc(SIZE, 0, SITE);
	heap_free(p);
	q = heap_alloc(SIZE + os_page_size(), 0, SITE);
	assert_ptr_not_equal(p, q);
	heap_free(q);
	q = heap_alloc(SIZE, 0, other_site);
	assert_ptr_not_equal(p, q);
	heap_free(q);
	q = heap_alloc_aligned(SIZE, 1 << 20, 0, SITE);
	assert_int_equal((uintptr_t)q % (1 << 20), 0);
	heap_free(q);
	assert_int_equal(
		heap_usable_size(p = heap_alloc(SIZE, 0, SITE), ACT_SIZE_QUERY),
		large_usable(SIZE));
	heap_free(p);
}

/* So many at most; and what is larger has no place. */
static void test_bounds(void **state)
{
	char *p[2 * POCKET_PLACES];

	(void)state;
	for (unsigned int i = 0; i < array_size(p); i++)
		p[i] = heap_alloc(SIZE, 0, SITE);
	for (unsigned int i = 0; i < array_size(p); i++)
		heap_free(p[i]);
	assert_int_equal(count_places(), POCKET_PLACES);
	assert_int_equal(partition_of_test()->nr_large, POCKET_PLACES);
	pocket_flush(thread_enter());
	want(POCKET_SPAN_MAX + 1);
	heap_free(heap_alloc(POCKET_SPAN_MAX + 1, 0, SITE));
	assert_int_equal(count_places(), 0);
	want(POCKET_SPAN_MAX);
	heap_free(heap_alloc(POCKET_SPAN_MAX, 0, SITE));
	assert_int_equal(count_places(), 1);
	want(SIZE);
}

/*
 * A size that is not asked for again, or after many others, has no place. Sizes
 * are a row's: where pages are large there are few in one.
 */
static void test_unwanted(void **state)
{
	unsigned int own = layout_row(0, SITE);

	(void)state;
	for (unsigned int i = 1; i <= POCKET_SIZES; i++)
		heap_free(heap_alloc(SIZE, 0, site_of((own + i) % 16)));
	assert_int_equal(count_places(), 0);
	/* Forgotten meanwhile. */
	heap_free(heap_alloc(SIZE, 0, SITE));
	assert_int_equal(count_places(), 0);
	for (int round = 0; round < 100; round++) {
		for (unsigned int i = 0; i <= POCKET_SIZES; i++)
			heap_free(heap_alloc(SIZE, 0, site_of((own + i) % 16)));
	}
	assert_int_equal(count_places(), 0);
	want(SIZE);
	heap_free(heap_alloc(SIZE, 0, SITE));
	assert_int_equal(count_places(), 1);
}

/* Twice freed, it is found dead in there, too. */
static void test_dead(void **state)
{
	char *p = heap_alloc(SIZE, 0, SITE);
	struct place place;

	(void)state;
	heap_free(p);
	assert_int_equal(count_places(), 1);
	place = place_find(p);
	assert_int_equal(place.kind, PLACE_DEAD);
	assert_string_equal(place.facts.state, "freed");
}

/* calloc() knows that it is not fresh. */
static void test_zeroed(void **state)
{
	char *p = heap_alloc(SIZE, 0, SITE), *q;

	(void)state;
	memset(p, 'x', SIZE);
	heap_free(p);
	q = heap_alloc_zeroed(SIZE, 0, SITE);
	assert_ptr_equal(p, q);
	for (size_t i = 0; i < SIZE; i++)
		assert_int_equal(q[i], 0);
	heap_free(q);
}

static void *free_some(void *unused)
{
	want(SIZE);
	heap_free(heap_alloc(SIZE, 0, SITE));
	unit_must(count_places() == 1);
	return unused;
}

/* A thread's end, and whoever trims, leave nothing there. */
static void test_flush(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, free_some, NULL), 0);
	pthread_join(thread, NULL);
	assert_int_equal(partition_of_test()->nr_large, 0);
	heap_free(heap_alloc(SIZE, 0, SITE));
	assert_int_equal(partition_of_test()->nr_large, 1);
	heap_trim();
	assert_int_equal(partition_of_test()->nr_large, 0);
}

#define NR_SIGNALS 20000

static atomic_ulong nr_handled;
static char *volatile held;

/* As whoever is interrupted does. */
static void on_signal(int number)
{
	int before = errno;

	(void)number;
	nr_handled++;
	if (held) {
		unit_must(*held == 'h');
		heap_free(held);
		held = NULL;
	} else {
		held = heap_alloc(SIZE + nr_handled % 2 * 4096, 0, SITE);
		if (held)
			*held = 'h';
	}
	/* None is there for who interrupted the partition's lock. */
	unit_must(errno == before || (!held && errno == ENOMEM));
	errno = before;
}

static void *send_signals(void *victim)
{
	while (nr_handled < NR_SIGNALS)
		pthread_kill(*(pthread_t *)victim, SIGUSR1);
	return NULL;
}

/* At any instant a handler may take from there, and put. */
static void test_handler(void **state)
{
	pthread_t self = pthread_self(), thread;

	(void)state;
	nr_handled = 0;
	signal(SIGUSR1, on_signal);
	assert_int_equal(pthread_create(&thread, NULL, send_signals, &self), 0);
	for (size_t i = 0; nr_handled < NR_SIGNALS; i++) {
		char *p = heap_alloc(SIZE + i % 2 * 4096, 0, SITE);

		unit_must(p);
		*p = 'm';
		unit_must(heap_usable_size(p, ACT_SIZE_QUERY) >=
			  SIZE + i % 2 * 4096);
		unit_must(*p == 'm');
		heap_free(p);
	}
	pthread_join(thread, NULL);
	/* What the handler holds still. */
	if (held)
		raise(SIGUSR1);
	assert_null(held);
	signal(SIGUSR1, SIG_DFL);
	nowait_settle(thread_enter());
	large_check(thread_enter(), partition_of_test());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_same, end),
		cmocka_unit_test_teardown(test_others, end),
		cmocka_unit_test_teardown(test_bounds, end),
		cmocka_unit_test_teardown(test_unwanted, end),
		cmocka_unit_test_teardown(test_dead, end),
		cmocka_unit_test_teardown(test_zeroed, end),
		cmocka_unit_test_teardown(test_flush, end),
		cmocka_unit_test(test_handler),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
