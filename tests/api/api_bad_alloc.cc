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
	DEAD_AFTER,
	HANDLER_IGNORED,
	NO_EXEC = 99,
};

static std::vector<std::unique_ptr<char[]>> *held;
static int nr_handled;

/* The textbook's handler: lets go of a reserve once, then gives up. */
static void let_go_once(void)
{
	if (++nr_handled == 1)
		held->clear();
	else
		std::set_new_handler(nullptr);
}

/* Bytes had in blocks of @size before new threw; all are held. */
static size_t eat_until_thrown(size_t size)
{
	size_t had = 0;

	try {
		while (had < 2 * GIB) {
			held->emplace_back(new char[size]);
			had += size;
		}
	} catch (const std::bad_alloc &) {
	}
	return had;
}

static int eat(void)
{
	std::vector<std::unique_ptr<char[]>> all;
	size_t had;

	held = &all;
	had = eat_until_thrown(100000);
	if (had >= 2 * GIB)
		return NEVER_THROWN;
	if (had < 50 * MIB)
		return TOO_LITTLE;
	std::set_new_handler(let_go_once);
	delete[] new char[MIB];
	std::set_new_handler(nullptr);
	all.clear();
	had = eat_until_thrown(1000);
	all.clear();
	if (had < 40 * MIB)
		return DEAD_AFTER;
	return nr_handled == 1 || nr_handled == 0 ? FINE : HANDLER_IGNORED;
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
	assert_int_equal(
		api_in_child([]() { return under_limit(RLIMIT_AS, true); }),
		FINE);
}

static void new_throws_under_rlimit_data(void **)
{
	assert_int_equal(
		api_in_child([]() { return under_limit(RLIMIT_DATA, true); }),
		FINE);
}

static void new_throws_under_a_limit_set_later(void **)
{
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
