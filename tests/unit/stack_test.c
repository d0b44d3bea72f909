/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "os/stack.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <signal.h>

static uintptr_t frames[64];
static unsigned int nr_frames;

static int never_inline read_here(unsigned int max)
{
	nr_frames = stack_read(frames, max);
	return 1; /* no tail call */
}

static int dig(unsigned int depth, unsigned int max);

/* The compiler must not know that dig() calls itself. */
static int (*volatile dig_deeper)(unsigned int depth, unsigned int max) = dig;

/* Each call adds a frame; the sum keeps it from becoming a jump. */
static int never_inline dig(unsigned int depth, unsigned int max)
{
	if (!depth)
		return read_here(max);
	return 1 + dig_deeper(depth - 1, max);
}

static void test_depth(void **state)
{
	unsigned int least;

	(void)state;
	dig(0, 64);
	least = nr_frames;
	assert_in_range(least, 2, 60);
	for (unsigned int depth = 1; depth < 4; depth++) {
		dig(depth, 64);
		assert_int_equal(nr_frames, least + depth);
	}
	dig(100, STACK_FRAMES);
	assert_int_equal(nr_frames, STACK_FRAMES);
	dig(1, 0);
	assert_int_equal(nr_frames, 0);
}

/* The addresses are those of calls in dig(), the same each time round. */
static void test_addresses(void **state)
{
	struct stack_object own, other;

	(void)state;
	dig(5, 64);
	assert_true(stack_find_object((uintptr_t)test_depth, &own));
	for (int i = 0; i < 5; i++) {
		assert_true(stack_find_object(frames[i], &other));
		assert_string_equal(other.name, own.name);
		assert_in_range(frames[i], own.start, own.end - 1);
	}
	/* From the frames above dig(0)'s on, it calls itself at one place. */
	assert_int_equal(frames[4], frames[5]);
	assert_in_range(frames[4], (uintptr_t)dig, (uintptr_t)dig + 200);
}

static void test_objects(void **state)
{
	struct stack_object own, libc;
	int local;

	(void)state;
	assert_true(stack_find_object((uintptr_t)test_objects, &own));
	assert_non_null(strstr(own.name, "stack_test"));
	assert_in_range((uintptr_t)test_objects, own.base, own.end - 1);
	assert_true(stack_find_object((uintptr_t)gnu_get_libc_version, &libc));
	assert_non_null(strstr(libc.name, "libc"));
	assert_int_not_equal(libc.base, own.base);
	assert_false(stack_find_object((uintptr_t)&local, &own));
	assert_false(stack_find_object(0, &own));
}

static void on_signal(int number)
{
	(void)number;
	read_here(64);
}

/* Through a handler's frame, and errno is left alone. */
static void test_signal(void **state)
{
	unsigned int before;

	(void)state;
	read_here(64);
	before = nr_frames;
	assert_true(signal(SIGUSR1, on_signal) != SIG_ERR);
	errno = E2BIG;
	raise(SIGUSR1);
	assert_int_equal(errno, E2BIG);
	assert_in_range(nr_frames, before + 1, 60);
	signal(SIGUSR1, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
