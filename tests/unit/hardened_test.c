/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/nowait.h"
#include "heap/place.h"
#include "heap/sums.h"
#include "tests/unit/crowd.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR_DRAWS 1000000u
#define NR_SLOTS 2048u
#define BITS_8	 256u

static unsigned int slot_of(const char *p)
{
	return place_find(p).facts.slot;
}

/*
 * malloc and free in turn, as whoever wants a freed block back would do. No
 * slot comes more often than once in 2^8 draws, nor does any distance from the
 * last one, and never the block that was freed last.
 */
static void check_entropy(size_t size)
{
	static unsigned int seen[NR_SLOTS], distance[NR_SLOTS];
	unsigned int last = 0, again = 0;
	const char *freed = NULL;

	memset(seen, 0, sizeof(seen));
	memset(distance, 0, sizeof(distance));
	for (unsigned int i = 0; i < NR_DRAWS; i++) {
		char *p = heap_alloc(size, 0, 1);
		unsigned int slot = slot_of(p);

		again += p == freed;
		seen[slot]++;
		distance[(slot - last) % NR_SLOTS]++;
		last = slot;
		freed = p;
		heap_free(p);
	}
	for (unsigned int i = 0; i < NR_SLOTS; i++) {
		assert_true(seen[i] < NR_DRAWS / BITS_8);
		assert_true(distance[i] < NR_DRAWS / BITS_8);
	}
	assert_int_equal(again, 0);
}

static void test_entropy(void **state)
{
	(void)state;
	check_entropy(8);
	check_entropy(24);
	check_entropy(56);
}

#define NR_NOWAIT 20000u
#define BITS_5	  32u

static void free_nowait(char *p)
{
	struct slab *slab = slab_of_address(p);
	uint8_t *state;

	assert_true(slab_find_state(slab, p, &state));
	assert_true(heap_claim(state));
	nowait_free(slab, p, state);
}

/* Who may not wait has no pool; 64 that are free are as good as they can be. */
static void test_entropy_nowait(void **state)
{
	static unsigned int seen[NR_SLOTS], distance[NR_SLOTS];
	uint32_t bin = bin_offset(0, class_of(96));
	unsigned int last = 0, again = 0;
	char *freed = NULL;

	(void)state;
	heap_free(heap_alloc_in_bin(bin));
	for (unsigned int i = 0; i < NR_NOWAIT; i++) {
		char *p = nowait_alloc(bin, 1);
		unsigned int slot;

		assert_non_null(p);
		slot = slot_of(p);
		again += p == freed;
		seen[slot]++;
		distance[(slot - last) % NR_SLOTS]++;
		last = slot;
		freed = p;
		free_nowait(p);
	}
	for (unsigned int i = 0; i < NR_SLOTS; i++) {
		assert_true(seen[i] < NR_NOWAIT / BITS_5);
		assert_true(distance[i] < NR_NOWAIT / BITS_5);
	}
	assert_true(again < NR_NOWAIT / BITS_5);
	cache_check(cache_of_bin(bin), thread_tag(thread_enter()));
}

/* Large objects wait for one further free, as the largest slots do. */
static void test_large_waits(void **state)
{
	(void)state;
	for (size_t size = 40000; size < 900000; size *= 3) {
		char *p = heap_alloc(size, 0, 1), *q;

		for (int i = 0; i < 10; i++) {
			heap_free(p);
			q = heap_alloc(size, 0, 1);
			assert_ptr_not_equal(q, p);
			p = q;
		}
		heap_free(p);
	}
}

#define NR_FORKED 64

static void draw_some(uintptr_t *drawn)
{
	for (int i = 0; i < NR_FORKED; i++)
		drawn[i] = (uintptr_t)heap_alloc(24, 0, 1);
}

/* What @draw does in a child. */
static void draw_in_child(void (*draw)(uintptr_t *drawn),
			  uintptr_t drawn[NR_FORKED])
{
	const size_t size = NR_FORKED * sizeof(*drawn);
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	/* A pool has been drawn from before. */
	for (int i = 0; i < 10000; i++)
		heap_free(heap_alloc(24, 0, 1));
	child = fork();
	if (!child) {
		draw(drawn);
		_exit(write(ends[1], drawn, size) != (ssize_t)size);
	}
	assert_int_equal(read(ends[0], drawn, size), size);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ends[0]);
	close(ends[1]);
}

/* What a child draws says nothing of what its parent will. */
static void test_fork(void **state)
{
	uintptr_t mine[NR_FORKED], childs[NR_FORKED];
	unsigned int same = 0;

	(void)state;
	unit_needs("pages that are wiped in children");
	draw_in_child(draw_some, childs);
	draw_some(mine);
	for (int i = 0; i < NR_FORKED; i++) {
		same += mine[i] == childs[i];
		heap_free((void *)mine[i]);
	}
	assert_true(same < NR_FORKED / 4);
}

static void draw_nowait(uintptr_t *drawn)
{
	uint32_t bin = bin_offset(0, class_of(24));

	/* From the first call on that may wait. */
	heap_free(heap_alloc(80, 0, 1));
	for (int i = 0; i < NR_FORKED; i++)
		drawn[i] = (uintptr_t)nowait_alloc(bin, 1);
}

/* The same without a pool. */
static void test_fork_nowait(void **state)
{
	uintptr_t mine[NR_FORKED], childs[NR_FORKED];
	unsigned int same = 0;

	(void)state;
	unit_needs("pages that are wiped in children");
	draw_nowait(mine);
	draw_in_child(draw_nowait, childs);
	draw_nowait(mine);
	for (int i = 0; i < NR_FORKED; i++)
		same += mine[i] && mine[i] == childs[i];
	assert_non_null((void *)mine[0]);
	assert_true(same < NR_FORKED / 4);
}

/* Another bin's draw is what seeds the thread's random anew. */
static void draw_elsewhere_first(uintptr_t *drawn)
{
	heap_free(heap_alloc(80, 0, 1));
	draw_some(drawn);
}

#define NR_FORKS 24

/* Nor does what was drawn before the fork. */
static void test_drawn_before_fork(void **state)
{
	uintptr_t mine, childs[NR_FORKED];
	unsigned int same = 0;

	(void)state;
	unit_needs("pages that are wiped in children");
	for (int i = 0; i < NR_FORKS; i++) {
		draw_in_child(draw_elsewhere_first, childs);
		mine = (uintptr_t)heap_alloc(24, 0, 1);
		same += mine == childs[0];
		heap_free((void *)mine);
	}
	assert_true(same < NR_FORKS / 4);
}

static void test_usable(void **state)
{
	(void)state;
	for (size_t size = 0; size <= SMALL_MAX - CANARY_SIZE; size++) {
		char *p = heap_alloc(size, 0, 1);
		size_t usable = heap_usable_size(p, ACT_SIZE_QUERY);

		if (usable >= 16)
			assert_true(zero_fills(p, usable / 16 * 16));
		assert_true(usable >= size);
		assert_int_equal(usable + CANARY_SIZE,
				 class_size(class_of(size + CANARY_SIZE)));
		memset(p, 'x', usable);
		heap_free_sized(p, size, 0);
	}
	/* From here on an object has pages of its own. */
	for (size_t size = SMALL_MAX - 7; size < SMALL_MAX + 9; size++) {
		char *p = heap_alloc(size, 0, 1);

		assert_true(heap_usable_size(p, ACT_SIZE_QUERY) >= size);
		memset(p, 'x', size);
		heap_free_sized(p, size, 0);
	}
}

static void test_zeroed(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t size = 1 + i * 7919 % 40000;
		char *p = heap_alloc_zeroed(size, 0, 1);

		for (size_t at = 0; at < size; at += 61)
			assert_int_equal(p[at], 0);
		memset(p, 'x', size);
		heap_free(p);
	}
}

/* Counts hold while slots wait in line, and when their thread has ended. */
static void *use(void *unused)
{
	for (int i = 0; i < 1000; i++)
		heap_free(heap_alloc(i * 16, 0, 1));
	return unused;
}

static void test_counts(void **state)
{
	size_t before = heap_sum().nr_small;
	pthread_t thread;
	char *p[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		p[i] = heap_alloc(i * 16, 0, 1);
	assert_int_equal(heap_sum().nr_small, before + 100);
	for (int i = 0; i < 100; i++)
		heap_free(p[i]);
	assert_int_equal(heap_sum().nr_small, before);
	assert_int_equal(pthread_create(&thread, NULL, use, NULL), 0);
	pthread_join(thread, NULL);
	assert_int_equal(heap_sum().nr_small, before);
	heap_trim();
	assert_int_equal(heap_sum().nr_small, before);
}

/* No block comes back before so many others of its cache were freed. */
static void free_in_line(void *unused)
{
	static char *freed[1000];

	(void)unused;
	for (unsigned int i = 0; i < 30000; i++) {
		char *p = heap_alloc(40, 0, 1);

		for (unsigned int back = 1; back <= 1000 && back <= i; back++)
			unit_must(p != freed[(i - back) % 1000]);
		freed[i % 1000] = p;
		heap_free(p);
	}
}

/* First of all: a child reads its own options. */
static void test_reuse_after(void **state)
{
	(void)state;
	setenv("TYPESLAB", "profile=hardened,reuse_after=1000", 1);
	unit_run_well(free_in_line, NULL);
	setenv("TYPESLAB", "profile=hardened", 1);
}

static void write_secret(void *unused)
{
	(void)unused;
	heap_free(heap_alloc(1, 0, 1));
	layout.secret = 1;
}

static void write_last_sealed(void *unused)
{
	(void)unused;
	heap_free(heap_alloc(1, 0, 1));
	layout.partitions = NULL;
}

/* In children, so that each reads its own options. */
static void test_seal(void **state)
{
	(void)state;
	assert_int_equal(unit_run(write_secret, NULL).status & 0x7f, SIGSEGV);
	assert_int_equal(unit_run(write_last_sealed, NULL).status & 0x7f,
			 SIGSEGV);
	setenv("TYPESLAB", "profile=hardened,seal=off", 1);
	unit_run_well(write_secret, NULL);
	setenv("TYPESLAB", "profile=hardened", 1);
}

static void *live_in_crowd(void *unused)
{
	char *p, *q;

	(void)unused;
	pthread_barrier_wait(&crowd_here);
	for (size_t size = 1; size < 300000; size = size * 3 / 2 + 1) {
		p = heap_alloc(size, 0, 1);
		q = heap_alloc_zeroed(size, 0, 1);
		unit_must(p && q && !p[size - 1] && !q[0]);
		memset(p, 'x', size);
		heap_free(q);
		p = heap_realloc(p, size + 20, 0, 1);
		unit_must(p && p[size - 1] == 'x');
		heap_free(p);
	}
	thread_flush(thread_enter());
	heap_trim();
	pthread_barrier_wait(&crowd_here);
	return heap_has_bins(thread_enter()) ? "bins" : NULL;
}

/* With no room for more pools and lines, slots come from slabs and go there. */
static void be_crowded(void *unused)
{
	(void)unused;
	heap_free(heap_alloc(1, 0, 1));
	crowd(live_in_crowd);
}

static void test_crowd(void **state)
{
	(void)state;
	setenv("TYPESLAB", "profile=hardened,seal=off", 1);
	unit_run_well(be_crowded, NULL);
	setenv("TYPESLAB", "profile=hardened", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reuse_after),
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_entropy),
		cmocka_unit_test(test_entropy_nowait),
		cmocka_unit_test(test_large_waits),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_fork_nowait),
		cmocka_unit_test(test_drawn_before_fork),
		cmocka_unit_test(test_usable),
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
