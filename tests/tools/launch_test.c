/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/launch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_options(void **state)
{
	(void)state;
	unsetenv("TYPESLAB");
	assert_int_equal(launch_set_option("mode", "random"), 0);
	assert_string_equal(getenv("TYPESLAB"), "mode=random");
	assert_int_equal(launch_set_option("data", "4"), 0);
	assert_string_equal(getenv("TYPESLAB"), "mode=random,data=4");
	setenv("TYPESLAB", "", 1);
	assert_int_equal(launch_set_option("data", "4"), 0);
	assert_string_equal(getenv("TYPESLAB"), "data=4");
}

static void test_preload(void **state)
{
	(void)state;
	unsetenv("LD_PRELOAD");
	assert_int_equal(launch_preload("/a/b.so"), 0);
	assert_string_equal(getenv("LD_PRELOAD"), "/a/b.so");
	assert_int_equal(launch_preload("/c/d.so"), 0);
	assert_string_equal(getenv("LD_PRELOAD"), "/c/d.so:/a/b.so");
	setenv("LD_PRELOAD", "", 1);
	assert_int_equal(launch_preload("/a/b.so"), 0);
	assert_int_equal(launch_preload("/c d.so"), -1);
	assert_int_equal(launch_preload("/c:d.so"), -1);
	assert_string_equal(getenv("LD_PRELOAD"), "/a/b.so");
	unsetenv("LD_PRELOAD");
}

static void test_library(void **state)
{
	char *found = launch_find_library(getenv("FAKE_HEAP"));

	(void)state;
	assert_non_null(found);
	assert_int_equal(found[0], '/');
	free(found);
	assert_null(launch_find_library("/nonexistent.so"));
	assert_null(launch_find_library("/etc/passwd"));
	assert_null(launch_find_library("/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_preload),
		cmocka_unit_test(test_library),
	};

	return cmocka_run_group_tests_name("launch", tests, NULL, NULL);
}
