/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_bad_alloc: when memory really ends (RLIMIT_AS, RLIMIT_DATA), new throws,
 * the program catches, lets go, and goes on.
 */
#include <memory>
#include <new>
#include <vector>

#include "api_cxx.h"

#include <sys/resource.h>
#include <unistd.h>

enum outcome {
	FINE,
	NO_LIMIT,
	NEVER_THROWN,
	TOO_LITTLE,
	HANDLER_IGNORED, /* or what it let go did not serve */
	NOT_REUSED,
	DEAD_AFTER, /* no room for a block of another kind */
	NO_EXEC = 99,
};

typedef std::vector<std::unique_ptr<char[]>> blocks;

static blocks *held;
static int nr_handled;

/* One place for all: the heap must serve what it served before. */
static __attribute__((noinline)) char *take(size_t size)
{
	char *p = new char[size];

	p[0] = p[size - 1] = 1;
	return p;
}

/* The textbook's handler: lets go of all that is held once, then gives up. */
static void let_go_once(void)
{
	if (++nr_handled == 1)
		held->clear();
	else
		std::set_new_handler(nullptr);
}

/*
 * Bytes taken in blocks of @size before new threw; all are held. Three times,
 * as a new extent's place is random, and at one it may need a little less.
 */
static size_t eat_until_thrown(size_t size)
{
	size_t had = 0;

	for (int thrown = 0; thrown < 3 && had < 2 * GIB;) {
		try {
			held->emplace_back(take(size));
			had += size;
		} catch (const std::bad_alloc &) {
			thrown++;
		}
	}
	return had;
}

static int eat(void)
{
	static blocks all;
	size_t first, second;

	/* Grown while there is room; it is not what is tested. */
	all.reserve(10000);
	held = &all;
	first = eat_until_thrown(100000);
	if (first >= 2 * GIB)
		return NEVER_THROWN;
	if (first < 50 * MIB)
		return TOO_LITTLE;
	std::set_new_handler(let_go_once);
	try {
		delete[] take(100000);
	} catch (const std::bad_alloc &) {
		return HANDLER_IGNORED;
	}
	if (nr_handled != 1 || !all.empty())
		return HANDLER_IGNORED;
	std::set_new_handler(nullptr);
	second = eat_until_thrown(100000);
	all.clear();
	if (second < first / 10 * 9)
		return NOT_REUSED;
	try {
		delete[] take(1000);
	} catch (const std::bad_alloc &) {
		return DEAD_AFTER;
	}
	return FINE;
}

static int under_limit(__rlimit_resource resource, bool exec)
{
	struct rlimit to = { 200 * MIB, 200 * MIB };

	if (setrlimit(resource, &to))
		return NO_LIMIT;
	if (!exec)
		return eat();
	execl("/proc/self/exe", "api_bad_alloc", "eat", nullptr);
	return NO_EXEC;
}

static void new_throws_under_rlimit_as(void **)
{
	api_needs("limits of memory");
	assert_int_equal(
		api_in_child([]() { return under_limit(RLIMIT_AS, true); }),
		FINE);
}

static void new_throws_under_rlimit_data(void **)
{
	api_needs("limits of memory");
	assert_int_equal(
		api_in_child([]() { return under_limit(RLIMIT_DATA, true); }),
		FINE);
}

static void new_throws_under_a_limit_set_later(void **)
{
	api_needs("limits of memory");
	assert_int_equal(
		api_in_child([]() { return under_limit(RLIMIT_DATA, false); }),
		FINE);
}

int main(int argc, char **)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_throws_under_rlimit_as),
		cmocka_unit_test(new_throws_under_rlimit_data),
		cmocka_unit_test(new_throws_under_a_limit_set_later),
	};

	if (argc > 1)
		return eat();
	return cmocka_run_group_tests_name("bad_alloc", tests, nullptr,
					   nullptr);
}
