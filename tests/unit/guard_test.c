/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"
#include "heap/guard.h"
#include "heap/heap.h"
#include "heap/large.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define NR_LARGE 64

/* From the object's last grain on, all that it may not touch. */
static bool has_guard_behind(const char *p, size_t size)
{
	const char *end = p + round_up(size, region_grain());

	return unit_can_read(end - 1) && !unit_can_read(end) &&
	       !unit_can_read(end + region_grain() - 1);
}

static void check_all(void)
{
	for (unsigned int row = 0; row < layout.nr_rows; row++)
		large_check(thread_enter(), &layout.partitions[row]);
}

static void test_large(void **state)
{
	char *p[NR_LARGE];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < NR_LARGE; i++) {
			size_t size = 40000ul * (i % 9 + 1);

			p[i] = heap_alloc(size, 0, 1);
			memset(p[i], 'x', size);
			assert_true(has_guard_behind(p[i], size));
		}
		for (int i = 0; i < NR_LARGE; i++)
			heap_free(p[(i * 7 + round) % NR_LARGE]);
		check_all();
	}
}

/* The guard goes along when the object grows and shrinks where it lies. */
static void test_resize(void **state)
{
	static const size_t sizes[] = { 100000,	 500000, 400000, 40000,
					4000000, 33000,	 65536,	 65537 };
	char *p = heap_alloc(50000, 0, 1);

	(void)state;
	memset(p, 'x', 50000);
	for (size_t i = 0; i < array_size(sizes); i++) {
		p = heap_realloc(p, sizes[i], 0, 1);
		assert_int_equal(p[0], 'x');
		assert_int_equal(p[30000], 'x');
		memset(p, 'x', sizes[i]);
		assert_true(has_guard_behind(p, sizes[i]));
		check_all();
	}
	heap_free(p);
}

static void fail_to_shrink(void *unused)
{
	const size_t size = 64 << 20;
	char *p = heap_alloc(size, 0, 1);
	struct rlimit limit;

	(void)unused;
	unit_must(p && !getrlimit(RLIMIT_DATA, &limit));
	memset(p, 'x', size);
	limit.rlim_cur = 1 << 20; /* Linux takes 0 for no limit */
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	errno = 0;
	unit_must(!heap_realloc(p, size / 2, 0, 1) && errno == ENOMEM);
	limit.rlim_cur = limit.rlim_max;
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	for (size_t i = 0; i < size; i++)
		unit_must(p[i] == 'x');
	unit_must(has_guard_behind(p, size));
	p = heap_realloc(p, size / 2, 0, 1);
	unit_must(p && has_guard_behind(p, size / 2));
	heap_free(p);
	check_all();
}

/*
 * A guard that cannot be lowered, and no memory for another object: what was
 * to shrink is as it was, to the last byte, although cut bytes are zeroed.
 */
static void test_resize_fails(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	if (UNIT_HAS_SANITIZER)
		return; /* it needs memory for itself */
	unit_run_well(fail_to_shrink, NULL);
}

/* Of two neighbours the second is freed, written to, and grown into. */
static void grow_into_written(void *unused)
{
	const size_t size = 2 << 20; /* more than is kept with its guard */
	char *p = NULL, *q = heap_alloc(size, 0, 1);

	(void)unused;
	for (int i = 0; i < 64 && q - p != (ptrdiff_t)(size + region_grain());
	     i++) {
		p = q;
		q = heap_alloc(size, 0, 1);
	}
	unit_must(q - p == (ptrdiff_t)(size + region_grain()));
	heap_free(q);
	q[100000] = 'x';
	unit_must(heap_realloc(p, size + size / 2, 0, 1) == p);
}

static void test_late_write(void **state)
{
	static const char word[] = "typeslab: write after free: ";
	struct unit_child child = unit_run(grow_into_written, NULL);

	(void)state;
	assert_true(WIFSIGNALED(child.status));
	assert_int_equal(WTERMSIG(child.status), SIGABRT);
	assert_memory_equal(child.text, word, sizeof(word) - 1);
}

/* About one slab in eight has unmapped ground behind it. */
static void test_slabs(void **state)
{
	unsigned int nr = 0, guarded = 0;

	(void)state;
	for (int i = 0; i < 20000; i++)
		heap_alloc(1000, 0, 1);
	for (size_t chunk = 0; chunk + 1 < region_nr_chunks(); chunk++) {
		const struct slab *slab = slab_of_chunk(chunk);

		if (slab->kind != SLAB_SMALL || slab->bias)
			continue;
		nr++;
		guarded += !unit_can_read(region_chunk_base(slab) +
					  slab_span(slab));
	}
	assert_true(nr > 600);
	assert_in_range(guarded, nr / 16, nr / 4);
}

#define MAPPINGS_MOST (1ul << 20)

/* Until the process may have no more, but for @room of them. */
static bool use_up_mappings(size_t room)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 2 * MAPPINGS_MOST * page, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t nr = 0;

	unit_must(p != MAP_FAILED);
	for (; nr < MAPPINGS_MOST; nr++)
		if (mprotect(p + (2 * nr + 1) * page, page, PROT_READ))
			break;
	return nr < MAPPINGS_MOST && !munmap(p + page, room * page);
}

/* Of two mappings the first is split, and the second cannot be. */
static void fail_in_the_middle(void *unused)
{
	size_t grain = region_grain();
	char *p = mmap(NULL, 4 * grain, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *guard = p + 2 * grain - grain / 2;

	(void)unused;
	unit_must(p != MAP_FAILED);
	unit_must(!madvise(p + 2 * grain, 2 * grain, MADV_DONTDUMP));
	if (!use_up_mappings(1))
		return;
	unit_must(!guard_raise(guard + grain));
	memset(p, 'x', 4 * grain);
}

static void test_half_a_guard(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	if (!UNIT_HAS_SANITIZER)
		unit_run_well(fail_in_the_middle, NULL);
}

/* Beyond the budget objects go without, and the next ones have them again. */
static void test_budget(void **state)
{
	static char *p[GUARDS_MAX];
	unsigned int nr = 0;
	char *last;

	(void)state;
	while (nr < GUARDS_MAX && guard_behind_large())
		p[nr++] = heap_alloc(40000, 0, 1);
	assert_true(nr < GUARDS_MAX && nr > GUARDS_MAX / 2);
	last = heap_alloc(40000, 0, 1);
	assert_non_null(last);
	/* What lies behind it may be unmapped for reasons of its own. */
	assert_int_equal(guard_of_large(slab_of_chunk(region_chunk_of(last))),
			 0);
	while (nr)
		heap_free(p[--nr]);
	heap_free(last);
	check_all();
	last = heap_alloc(40000, 0, 1);
	assert_true(has_guard_behind(last, 40000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_resize_fails),
		cmocka_unit_test(test_late_write),
		cmocka_unit_test(test_slabs),
		cmocka_unit_test(test_half_a_guard),
		cmocka_unit_test(test_budget),
	};

	setenv("TYPESLAB", "guard=8,zero=on", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
