/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/trace.h"
#include "os/stack.h"

#include <pthread.h>

#define BLOCK(n) ((const void *)(0x7f0000000000 + (n)*16ul))

static struct report_place look(const void *block)
{
	struct report_place place = { .start = block };

	trace_find(&place);
	return place;
}

static int never_inline alloc_here(const void *block)
{
	trace_alloc(block, 0);
	return 1;
}

static int never_inline free_here(const void *block)
{
	trace_free(block);
	return 1;
}

static bool is_in(uintptr_t frame, int (*function)(const void *))
{
	return frame >= (uintptr_t)function &&
	       frame < (uintptr_t)function + 100;
}

/* Whether one of the frames is in @function. */
static bool names(struct report_stack stack, int (*function)(const void *))
{
	for (unsigned int i = 0; i < stack.nr; i++) {
		if (is_in(stack.frames[i], function))
			return true;
	}
	return false;
}

static void test_life(void **state)
{
	struct report_place place;

	(void)state;
	assert_int_equal(look(BLOCK(1)).allocated.nr, 0);
	alloc_here(BLOCK(1));
	place = look(BLOCK(1));
	assert_true(names(place.allocated, alloc_here));
	assert_int_equal(place.freed.nr, 0);
	free_here(BLOCK(1));
	place = look(BLOCK(1));
	assert_true(names(place.allocated, alloc_here));
	assert_true(names(place.freed, free_here));
	/* A new life: the old free is forgotten. */
	alloc_here(BLOCK(1));
	assert_int_equal(look(BLOCK(1)).freed.nr, 0);
}

/* The stack begins with the call of the door, wherever that is on it. */
static uintptr_t site_of_door;

static int never_inline alloc_door(const void *block)
{
	site_of_door = (uintptr_t)__builtin_return_address(0);
	trace_alloc(block, site_of_door);
	return 1;
}

static uintptr_t never_inline call_door(const void *block)
{
	int one = alloc_door(block);

	return (uintptr_t)__builtin_return_address(0) + one;
}

static void test_site(void **state)
{
	struct report_place place;

	(void)state;
	alloc_here(BLOCK(3));
	assert_true(names(look(BLOCK(3)).allocated, alloc_here));
	/* One after the call; what called the caller follows. */
	unit_must(call_door(BLOCK(4)));
	place = look(BLOCK(4));
	assert_true(place.allocated.nr > 1);
	assert_in_range(place.allocated.frames[0], site_of_door - 1,
			site_of_door);
	assert_in_range(site_of_door, (uintptr_t)call_door,
			(uintptr_t)call_door + 100);
}

/* A site that is not on the stack changes nothing. */
static void test_strange_site(void **state)
{
	(void)state;
	trace_alloc(BLOCK(5), 1);
	trace_alloc(BLOCK(6), 0);
	assert_int_equal(look(BLOCK(5)).allocated.frames[0],
			 look(BLOCK(6)).allocated.frames[0]);
	assert_int_equal(look(BLOCK(5)).allocated.nr,
			 look(BLOCK(6)).allocated.nr);
}

/* What was never allocated is not kept; no block is no block. */
static void test_strangers(void **state)
{
	(void)state;
	free_here(BLOCK(2));
	assert_int_equal(look(BLOCK(2)).freed.nr, 0);
	alloc_here(NULL);
	assert_int_equal(look(BLOCK(2)).allocated.nr, 0);
}

#define MANY 3000000ul

/*
 * Three times as many as there is room for: the newest are there nearly all,
 * the number kept is as large as the table, and live ones outlive dead ones.
 */
static void test_full(void **state)
{
	size_t kept = 0, newest = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		alloc_here(BLOCK(100 + i));
	for (size_t i = 0; i < MANY; i++)
		kept += look(BLOCK(100 + i)).allocated.nr > 0;
	for (size_t i = MANY - 1000; i < MANY; i++)
		newest += look(BLOCK(100 + i)).allocated.nr > 0;
	assert_in_range(kept, 1000000, 1ul << 20);
	assert_in_range(newest, 950, 1000);
}

static void test_dead_give_way(void **state)
{
	size_t kept = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		free_here(BLOCK(100 + i));
	for (size_t i = 0; i < 1000; i++)
		alloc_here(BLOCK(MANY + 200 + i));
	for (size_t i = 0; i < 100000; i++) {
		alloc_here(BLOCK(MANY + 10000 + i));
		free_here(BLOCK(MANY + 10000 + i));
	}
	for (size_t i = 0; i < 1000; i++)
		kept += look(BLOCK(MANY + 200 + i)).allocated.nr > 0;
	assert_int_equal(kept, 1000);
}

static void *run_thread(void *argument)
{
	for (int i = 0; i < 20000; i++) {
		alloc_here(BLOCK((uintptr_t)argument * 64 + i % 64));
		free_here(BLOCK((uintptr_t)argument * 64 + i % 64));
	}
	return NULL;
}

/* Threads beside each other: every record is of one of them, whole. */
static void test_threads(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (uintptr_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_thread,
						(void *)(i + 100)),
				 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (uintptr_t i = 6400; i < 6400 + 4 * 64; i++) {
		struct report_place place = look(BLOCK(i));

		assert_true(place.allocated.nr <= STACK_FRAMES);
		if (place.freed.nr)
			assert_true(names(place.freed, free_here));
	}
}

static int begin(void **state)
{
	(void)state;
	return trace_init() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_site),
		cmocka_unit_test(test_strange_site),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_dead_give_way),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
