/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/caller.h"
#include "heap/heap.h"
#include "heap/place.h"
#include "typeslab/token.h"

#include <pthread.h>
#include <sys/mman.h>
#include <ucontext.h>

/* Each token has a row of its own kind: data with a plain twin beside. */
#define TOKEN (1ul << 63 | 77ul << 40)
#define OTHER (123ul << 40)
#define SIZE  1000

static unsigned int row_of(void *p)
{
	struct place place = place_find(p);

	assert_int_equal(place.kind, PLACE_LIVE);
	return row_of_slab(place.slab);
}

static unsigned int announced_row(void)
{
	return layout_row(TOKEN, 0);
}

/* What a wrapper does inside; @token its own, 0 for none. */
static never_inline unsigned int alloc_inside(size_t size, uint64_t token)
{
	void *p = heap_alloc(size, token, (uintptr_t)alloc_inside);
	unsigned int row = row_of(p);

	heap_free(p);
	return row;
}

static unsigned int plain_row(void)
{
	return layout_row(0, (uintptr_t)alloc_inside);
}

/* Two allocations in the time of one announcement. */
static never_inline void announce(uint64_t token, size_t size,
				  size_t first_size, uint64_t first_token,
				  unsigned int rows[2])
{
	struct typeslab_caller caller;

	typeslab_caller_begin(&caller, size, token);
	rows[0] = alloc_inside(first_size, first_token);
	rows[1] = alloc_inside(size, 0);
	typeslab_caller_end(&caller);
}

/* Used by the first that it is for, once, and not after the end. */
static void test_one_shot(void **state)
{
	unsigned int rows[2];

	(void)state;
	for (int i = 0; i < 100; i++) {
		announce(TOKEN, SIZE, SIZE, 0, rows);
		assert_int_equal(rows[0], announced_row());
		assert_int_equal(rows[1], plain_row());
		assert_int_equal(alloc_inside(SIZE, 0), plain_row());
	}
}

static void test_size_rule(void **state)
{
	static const struct {
		size_t size;
		bool is_for;
	} cases[] = {
		{ 0, false },
		{ SIZE - 1, false },
		{ SIZE, true },
		{ SIZE + 1, true },
		{ 2 * SIZE, true },
		{ 2 * SIZE + 4096, true },
		{ 2 * SIZE + 4097, false },
		{ 1 << 20, false },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		unsigned int rows[2];

		announce(TOKEN, SIZE, cases[i].size, 0, rows);
		assert_int_equal(rows[0] == announced_row(), cases[i].is_for);
		/* One that it is not for leaves it to the next. */
		assert_int_equal(rows[1] == announced_row(), !cases[i].is_for);
	}
}

/* A huge announcement does not wrap round. */
static void test_huge(void **state)
{
	unsigned int rows[2];
	struct typeslab_caller caller;

	(void)state;
	typeslab_caller_begin(&caller, SIZE_MAX, TOKEN);
	rows[0] = alloc_inside(SIZE, 0);
	typeslab_caller_end(&caller);
	assert_int_equal(rows[0], plain_row());
	typeslab_caller_begin(&caller, SIZE_MAX / 2, TOKEN);
	rows[0] = alloc_inside(SIZE, 0);
	typeslab_caller_end(&caller);
	assert_int_equal(rows[0], plain_row());
}

static void test_own_token_wins(void **state)
{
	unsigned int rows[2];

	(void)state;
	announce(TOKEN, SIZE, SIZE, OTHER, rows);
	assert_int_equal(rows[0], layout_row(OTHER, 0));
	assert_int_equal(rows[1], announced_row());
}

static void test_no_token(void **state)
{
	unsigned int rows[2];

	(void)state;
	announce(0, SIZE, SIZE, 0, rows);
	assert_int_equal(rows[0], plain_row());
	assert_int_equal(rows[1], plain_row());
}

/* Its frame alone is deeper than the rule allows. */
static never_inline unsigned int alloc_deep(size_t size)
{
	char deep[TYPESLAB_CALLER_DEPTH];
	unsigned int row;

	__asm__ volatile("" : : "r"(deep) : "memory");
	row = alloc_inside(size, 0);
	__asm__ volatile("" : : "r"(deep) : "memory");
	return row;
}

static void test_too_deep(void **state)
{
	struct typeslab_caller caller;
	unsigned int row;

	(void)state;
	typeslab_caller_begin(&caller, SIZE, TOKEN);
	row = alloc_deep(SIZE);
	typeslab_caller_end(&caller);
	assert_int_equal(row, plain_row());
}

static ucontext_t outside, inside;

/* It waits inside for ever, on a stack of its own. */
static void announce_and_leave(void)
{
	struct typeslab_caller caller;

	typeslab_caller_begin(&caller, SIZE, TOKEN);
	swapcontext(&inside, &outside);
}

/* What was announced on a stack that is gone is not looked at. */
static void test_stack_is_gone(void **state)
{
	const size_t size = 65536;
	unsigned int rows[2];
	void *stack;

	(void)state;
	announce(TOKEN, SIZE, SIZE, 0, rows);
	stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(stack != MAP_FAILED);
	assert_int_equal(getcontext(&inside), 0);
	inside.uc_stack.ss_sp = stack;
	inside.uc_stack.ss_size = size;
	makecontext(&inside, announce_and_leave, 0);
	assert_int_equal(swapcontext(&outside, &inside), 0);
	assert_int_equal(munmap(stack, size), 0);
	assert_int_equal(alloc_inside(SIZE, 0), plain_row());
	announce(TOKEN, SIZE, SIZE, 0, rows);
	assert_int_equal(rows[0], announced_row());
}

static void *alloc_elsewhere(void *row)
{
	*(unsigned int *)row = alloc_inside(SIZE, 0);
	return NULL;
}

static void test_other_thread(void **state)
{
	struct typeslab_caller caller;
	unsigned int row;
	pthread_t thread;

	(void)state;
	typeslab_caller_begin(&caller, SIZE, TOKEN);
	assert_int_equal(pthread_create(&thread, NULL, alloc_elsewhere, &row),
			 0);
	pthread_join(thread, NULL);
	typeslab_caller_end(&caller);
	assert_int_equal(row, plain_row());
}

static void test_leave(void **state)
{
	struct typeslab_caller caller;

	(void)state;
	caller_leave();
	typeslab_caller_begin(&caller, SIZE, TOKEN);
	caller_leave();
	assert_int_equal(alloc_inside(SIZE, 0), plain_row());
	typeslab_caller_end(&caller);
	caller_leave();
	assert_int_equal(alloc_inside(SIZE, 0), plain_row());
}

/* The inner shim's announcement replaces the outer's. */
static void test_nested(void **state)
{
	struct typeslab_caller caller;
	unsigned int rows[2];

	(void)state;
	typeslab_caller_begin(&caller, SIZE, OTHER);
	announce(TOKEN, SIZE, SIZE, 0, rows);
	assert_int_equal(rows[0], announced_row());
	assert_int_equal(rows[1], plain_row());
	assert_int_equal(alloc_inside(SIZE, 0), plain_row());
	typeslab_caller_end(&caller);
}

/* Every kind of allocation takes it. */
static void test_kinds(void **state)
{
	struct typeslab_caller caller;
	uintptr_t site = (uintptr_t)alloc_inside;
	void *p, *moved;

	(void)state;
	typeslab_caller_begin(&caller, SIZE, TOKEN);
	p = heap_alloc_zeroed(SIZE, 0, site);
	typeslab_caller_end(&caller);
	assert_int_equal(row_of(p), announced_row());
	typeslab_caller_begin(&caller, 100000, TOKEN);
	p = heap_alloc_zeroed(100000, 0, site);
	typeslab_caller_end(&caller);
	assert_int_equal(row_of(p), announced_row());
	typeslab_caller_begin(&caller, SIZE, TOKEN);
	p = heap_alloc_aligned(SIZE, 64, 0, site);
	typeslab_caller_end(&caller);
	assert_int_equal(row_of(p), announced_row());
	p = heap_alloc(SIZE, OTHER, site);
	typeslab_caller_begin(&caller, SIZE, TOKEN);
	moved = heap_realloc(p, SIZE, 0, site);
	typeslab_caller_end(&caller);
	assert_int_equal(row_of(moved), announced_row());
	heap_free(moved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_shot),
		cmocka_unit_test(test_size_rule),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_own_token_wins),
		cmocka_unit_test(test_no_token),
		cmocka_unit_test(test_too_deep),
		cmocka_unit_test(test_stack_is_gone),
		cmocka_unit_test(test_other_thread),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_kinds),
	};

	/* Its frames are deeper than the rule of depth allows. */
	if (UNIT_HAS_SANITIZER) {
		print_message(
			"1..0 # SKIP a sanitizer's frames are too deep\n");
		return 0;
	}
	if (!heap_boot())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
