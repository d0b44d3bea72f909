/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cache_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct snapshot_cache caches[3];

static struct snapshot snapshot = {
	.pid = 42,
	.program = "prog",
	.mode = "typed",
	.partitions = { 8, 8, 16 },
	.caches = caches,
	.nr_caches = 3,
};

static int set_up(void **state)
{
	(void)state;
	caches[0] = (struct snapshot_cache){
		DOMAIN_UNKNOWN, 3, false, 64, 10, 20, 9, 1, ""
	};
	caches[1] = (struct snapshot_cache){ DOMAIN_DATA, 1, true, 100000, 1,
					     2,		  2, 25,   "" };
	caches[2] = (struct snapshot_cache){ DOMAIN_DATA, 1, false, 16, 30,
					     30,	  3, 1,	    "" };
	return 0;
}

static char *draw(const char *key, unsigned int lines)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	table_draw(&snapshot, table_find_key(key), lines, to);
	fclose(to);
	return text;
}

static void test_draw(void **state)
{
	char *text = draw("name", 0);

	(void)state;
	assert_string_equal(
		text,
		"prog (42): mode typed\n"
		"41 live objects (data 31, pointer 0, unknown 10), "
		"101120 bytes\n"
		"\n"
		"     OBJS    ACTIVE  USE  OBJ SIZE   SLABS   LIVE BYTES  NAME\n"
		"       30        30 100%        16       3          480  "
		"data-01-16\n"
		"        2         1  50%    100000       2       100000  "
		"data-01-large\n"
		"       20        10  50%        64       9          640  "
		"unknown-03-64\n");
	free(text);
}

/* More live objects than objects: the numbers are shown, the share is whole. */
static void test_odd_use(void **state)
{
	char *text;

	(void)state;
	caches[0].live_objects = 10000000000;
	caches[1].objects = 0;
	caches[2].live_objects = caches[2].objects = 0;
	text = draw("name", 0);
	assert_non_null(strstr(text, "20 10000000000 100% "));
	assert_non_null(strstr(text, " 0         1 100% "));
	assert_non_null(strstr(text, " 0         0   0% "));
	free(text);
}

static void test_orders(void **state)
{
	static const struct {
		const char *key;
		const char *first;
		const char *last;
	} cases[] = {
		{ "bytes", "data-01-large", "data-01-16" },
		{ "active", "data-01-16", "data-01-large" },
		{ "slabs", "unknown-03-64", "data-01-large" },
		{ "name", "data-01-16", "unknown-03-64" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = draw(cases[i].key, 0);

		assert_true(strstr(text, cases[i].first) <
			    strstr(text, cases[i].last));
		free(text);
		assert_ptr_equal(table_find_key(cases[i].key),
				 table_find_letter(cases[i].key[0]));
	}
	assert_null(table_find_key("size"));
	assert_null(table_find_letter('x'));
	assert_null(table_find_letter(-1));
	assert_null(table_find_letter(0));
}

static void test_lines(void **state)
{
	(void)state;
	for (unsigned int lines = 1; lines < 10; lines++) {
		static const unsigned int want[] = { 4, 4, 4, 4, 4,
						     5, 6, 7, 7, 7 };
		char *text = draw("bytes", lines);
		unsigned int got = 0;

		for (const char *c = text; *c; c++)
			got += *c == '\n';
		assert_int_equal(got, want[lines]);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_draw, set_up),
		cmocka_unit_test_setup(test_odd_use, set_up),
		cmocka_unit_test_setup(test_orders, set_up),
		cmocka_unit_test_setup(test_lines, set_up),
	};

	return cmocka_run_group_tests_name("cache_table", tests, NULL, NULL);
}
