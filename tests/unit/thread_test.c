/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/thread.h"
#include "tests/unit/crowd.h"

#include <pthread.h>

#define SIZE 48
#define SITE 1

static struct cache *cache_of_test(void)
{
	return cache_of_bin(bin_offset(layout_row(0, SITE), class_of(SIZE)));
}

/* Slots of the cache in magazines, over all heaps there are. */
static size_t count_stock(void)
{
	uint32_t offset = bin_offset(layout_row(0, SITE), class_of(SIZE));
	size_t nr = 0;

	for (struct heap *heap = thread_heaps; heap; heap = heap->next_of_all)
		nr += magazine_count(heap_bin(heap, offset));
	return nr;
}

static unsigned int count_heaps(void)
{
	unsigned int nr = 0;

	for (struct heap *heap = thread_heaps; heap; heap = heap->next_of_all)
		nr++;
	return nr;
}

static void churn(void)
{
	void *p[200];

	for (int i = 0; i < 200; i++)
		p[i] = heap_alloc(SIZE, 0, SITE);
	for (int i = 0; i < 200; i++)
		heap_free(p[i]);
}

static void *run_churn(void *unused)
{
	(void)unused;
	churn();
	return count_stock() ? "stock" : NULL;
}

/* As many as the heaps that may be parked, and one more. */
#define NR_AT_ONCE (PARKED_HEAPS + 1)

static pthread_barrier_t all_here;

static void *churn_together(void *unused)
{
	pthread_barrier_wait(&all_here);
	churn();
	pthread_barrier_wait(&all_here);
	return unused;
}

static void run_at_once(void *(*body)(void *))
{
	pthread_t threads[NR_AT_ONCE];

	pthread_barrier_init(&all_here, NULL, NR_AT_ONCE);
	for (unsigned int i = 0; i < NR_AT_ONCE; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, body, NULL),
				 0);
	for (unsigned int i = 0; i < NR_AT_ONCE; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&all_here);
}

static void run(void *(*body)(void *), void *arg, void **result)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, body, arg), 0);
	pthread_join(thread, result);
}

static void assert_all_is_home(void)
{
	assert_int_equal(count_stock(), 0);
	assert_int_equal(cache_of_test()->nr_out, 0);
}

/* What a thread that ended had in stock is the next one's, until a trim. */
static void test_exit_parks(void **state)
{
	void *had = NULL;
	size_t nr_out;

	(void)state;
	thread_flush_parked();
	assert_all_is_home();
	run(run_churn, NULL, &had);
	assert_non_null(had);
	nr_out = cache_of_test()->nr_out;
	assert_int_equal(count_stock(), nr_out);
	assert_true(nr_out > 0);
	for (int i = 0; i < 10; i++)
		run(run_churn, NULL, &had);
	assert_int_equal(cache_of_test()->nr_out, nr_out);
	heap_trim();
	assert_all_is_home();
}

/* Of many that end at once only a few leave it so. */
static void test_few_are_parked(void **state)
{
	uint32_t offset = bin_offset(layout_row(0, SITE), class_of(SIZE));
	unsigned int nr = 0;

	(void)state;
	run_at_once(churn_together);
	for (struct heap *heap = thread_heaps; heap; heap = heap->next_of_all)
		nr += magazine_count(heap_bin(heap, offset)) != 0;
	assert_int_equal(nr, PARKED_HEAPS);
	thread_flush_parked();
	assert_all_is_home();
}

/* More than PARKED_BYTES, of sizes whose magazines are small ones. */
static void *churn_much(void *unused)
{
	void *p[8];

	churn();
	for (size_t size = 16384; size <= SMALL_MAX; size += 1024) {
		for (size_t site = 0; site < 16; site++) {
			for (size_t i = 0; i < array_size(p); i++)
				p[i] = heap_alloc(size, 0, site * 4099);
			for (size_t i = 0; i < array_size(p); i++)
				heap_free(p[i]);
		}
	}
	return unused;
}

static void test_much_is_not_parked(void **state)
{
	void *unused;

	(void)state;
	run(churn_much, NULL, &unused);
	assert_all_is_home();
}

/* One thread after another: they share one heap. */
static void test_heaps_are_reused(void **state)
{
	unsigned int nr;
	void *unused;

	(void)state;
	run(run_churn, NULL, &unused);
	nr = count_heaps();
	for (int i = 0; i < 100; i++)
		run(run_churn, NULL, &unused);
	assert_int_equal(count_heaps(), nr);
}

static void *only_churn(void *unused)
{
	churn();
	return unused;
}

#define NR_LINES 2u
#define PER_LINE 10000

static void *follow_each_other(void *unused)
{
	for (int i = 0; i < PER_LINE; i++) {
		pthread_t thread;

		unit_must(!pthread_create(&thread, NULL, only_churn, unused));
		pthread_join(thread, NULL);
	}
	return NULL;
}

/* Lines of them beside each other: who asks meanwhile finds the others. */
static void test_heaps_are_reused_at_once(void **state)
{
	pthread_t lines[NR_LINES];
	unsigned int nr = count_heaps();

	(void)state;
	for (unsigned int i = 0; i < NR_LINES; i++)
		assert_int_equal(pthread_create(&lines[i], NULL,
						follow_each_other, NULL),
				 0);
	for (unsigned int i = 0; i < NR_LINES; i++)
		pthread_join(lines[i], NULL);
	/* Of each line and of the one thread that it has. */
	assert_true(count_heaps() <= nr + 2 * NR_LINES);
}

static pthread_key_t late_key;
static void *late_slot;

/* Whatever the order of destructors: rounds go on while values are set. */
static void use_late(void *round)
{
	churn();
	late_slot = heap_realloc(late_slot, SIZE, 0, SITE);
	if ((uintptr_t)round < 4)
		pthread_setspecific(late_key, (char *)round + 1);
}

static void *run_late(void *unused)
{
	(void)unused;
	pthread_setspecific(late_key, (void *)1);
	churn();
	return NULL;
}

static void test_after_exit(void **state)
{
	void *unused;

	(void)state;
	/* It has ended the thread before the last rounds. */
	if (UNIT_HAS_TSAN) {
		print_message(
			"# left out: after exit: TSan has ended the thread by then\n");
		return;
	}
	assert_int_equal(pthread_key_create(&late_key, use_late), 0);
	run(run_late, NULL, &unused);
	thread_flush_parked();
	assert_int_equal(count_stock(), 0);
	assert_int_equal(cache_of_test()->nr_out, 1);
	heap_free(late_slot);
	late_slot = NULL;
	thread_flush(thread_enter());
	assert_int_equal(cache_of_test()->nr_out, 0);
}

#define NR_THREADS 16

static struct heap *heaps[NR_THREADS];

static void *keep_heap(void *place)
{
	struct heap *heap = thread_enter();

	*(struct heap **)place = heap;
	pthread_barrier_wait(&all_here);
	return thread_enter() == heap && !thread_is_ended() ? heap : NULL;
}

static void test_own_heaps(void **state)
{
	pthread_t threads[NR_THREADS];
	void *kept;

	(void)state;
	pthread_barrier_init(&all_here, NULL, NR_THREADS);
	for (int i = 0; i < NR_THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, keep_heap, &heaps[i]),
			0);
	for (int i = 0; i < NR_THREADS; i++) {
		pthread_join(threads[i], &kept);
		assert_non_null(kept);
		for (int j = 0; j < i; j++) {
			assert_ptr_not_equal(heaps[i], heaps[j]);
			assert_int_not_equal(heaps[i]->id, heaps[j]->id);
			assert_int_not_equal(thread_tag(heaps[i]),
					     thread_tag(heaps[j]));
		}
	}
}

/* Diverted, the fast path meets only empty and full bins. */
static void test_divert(void **state)
{
	struct bin *bin;
	void *p = heap_alloc(SIZE, 0, SITE);

	(void)state;
	thread_divert();
	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		for (unsigned int c = 0; c < NR_CLASSES_MAX; c++) {
			bin = thread_bin(bin_offset(row, c));
			assert_true(magazine_is_empty(bin));
			assert_true(magazine_is_full(bin));
		}
	}
	heap_free(p);
	p = heap_alloc(SIZE, 0, SITE);
	assert_non_null(p);
	thread_resume(thread_words.self);
	heap_free(p);
	bin = thread_bin(bin_offset(layout_row(0, SITE), class_of(SIZE)));
	assert_ptr_equal(bin->top[-1].address, p);
}

/* In a handler that interrupted the cache's lock; the count stays true. */
static void test_handler(void **state)
{
	struct heap *heap = thread_enter();
	struct cache *cache = cache_of_test();
	uint64_t before;
	void *p;

	(void)state;
	thread_flush(heap);
	before = cache->nr_out;
	cache->lock.word = thread_tag(heap);
	p = heap_alloc(SIZE, 0, SITE);
	cache->lock.word = 0;
	assert_non_null(p);
	heap_free(p);
	thread_flush(heap);
	assert_true(cache->nr_out == before);
}

static void test_random(void **state)
{
	struct heap *heap = thread_enter();
	uint64_t last = thread_random(heap);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t next = thread_random(heap);

		assert_true(next != last);
		last = next;
	}
}

static void print_random(void *heap)
{
	dprintf(2, "%lx", thread_random(heap));
}

/* Children do not go on with their parent's random numbers. */
static void test_random_in_children(void **state)
{
	struct heap *heap = thread_enter();
	struct unit_child one = unit_run(print_random, heap);
	struct unit_child other = unit_run(print_random, heap);

	(void)state;
	unit_needs("pages that are wiped in children");
	assert_string_not_equal(one.text, other.text);
}

static void *live_in_crowd(void *unused)
{
	struct heap *heap;
	char *p, *q;

	(void)unused;
	pthread_barrier_wait(&crowd_here);
	for (size_t size = 1; size < 300000; size = size * 3 / 2 + 1) {
		p = heap_alloc(size, 0, SITE);
		unit_must(p);
		memset(p, 'x', size);
		q = heap_alloc_aligned(size, 4096, 0, SITE);
		unit_must(q);
		heap_free(q);
		q = heap_alloc_zeroed(size, 0, SITE);
		unit_must(q && !q[0] && !q[size - 1]);
		p = heap_realloc(p, size + 20, 0, SITE);
		unit_must(p && p[size - 1] == 'x');
		heap_free(q);
		heap_free(p);
	}
	churn();
	heap = thread_enter();
	thread_flush(heap);
	thread_flush_bin(heap, bin_offset(layout_row(0, SITE), class_of(SIZE)));
	heap_trim();
	pthread_barrier_wait(&crowd_here);
	return heap_has_bins(heap) ? "bins" : NULL;
}

/* Those that no bins are left for do without, and leave nothing behind. */
static void be_crowded(void *unused)
{
	struct cache *cache = cache_of_test();
	unsigned int nr_without;
	size_t had;

	(void)unused;
	thread_flush(thread_enter());
	thread_flush_parked();
	had = cache->nr_out;
	nr_without = crowd(live_in_crowd);
	unit_must(count_heaps() >= NR_CROWD);
	/* Each of them is counted, though not where others are. */
	unit_must(layout.partitions[layout_row(0, SITE)].nr_binless_allocs >
		  nr_without);
	unit_must(!count_stock() && cache->nr_out == had);
	cache_check(cache, thread_tag(thread_enter()));
}

static void test_crowd(void **state)
{
	(void)state;
	unit_run_well(be_crowded, NULL);
}

static void *ask_in_vain(void *unused)
{
	size_t size = layout.arena.size;

	(void)unused;
	layout.arena.size = layout.arena.next;
	for (uint32_t i = 0; i <= LOCK_ID_MAX; i++)
		unit_must(!thread_enter());
	layout.arena.size = size;
	unit_must(thread_enter());
	return NULL;
}

static void ask_in_thread(void *size)
{
	pthread_t thread;

	/* The heaps that others left are taken. */
	while (thread_enter_slow())
		layout.arena.size = layout.arena.next;
	layout.arena.size = *(size_t *)size;
	unit_must(!pthread_create(&thread, NULL, ask_in_vain, NULL));
	pthread_join(thread, NULL);
}

/* Who gets no heap uses up no id, however often it asks. */
static void test_ids_in_vain(void **state)
{
	size_t size = layout.arena.size;

	(void)state;
	unit_run_well(ask_in_thread, &size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_parks),
		cmocka_unit_test(test_few_are_parked),
		cmocka_unit_test(test_much_is_not_parked),
		cmocka_unit_test(test_heaps_are_reused),
		cmocka_unit_test(test_heaps_are_reused_at_once),
		cmocka_unit_test(test_after_exit),
		cmocka_unit_test(test_own_heaps),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_divert),
		cmocka_unit_test(test_handler),
		cmocka_unit_test(test_ids_in_vain),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_random_in_children),
	};

	if (!heap_boot())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
