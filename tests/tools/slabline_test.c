/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/slabline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct piece piece_of(const char *string)
{
	return (struct piece){ .start = string, .length = strlen(string) };
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool is_number;
		uint64_t number;
	} cases[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ "1 ", false, 0 },
		{ "0x10", false, 0 },
		{ "1k", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t number = 0;

		assert_int_equal(
			piece_to_number(piece_of(cases[i].text), &number),
			cases[i].is_number);
		if (cases[i].is_number)
			assert_int_equal(number, cases[i].number);
	}
}

static void test_lines(void **state)
{
	static const char text[] = "one\n\nthree";
	struct line_cursor cursor;
	struct piece line;

	(void)state;
	line_cursor_init(&cursor, text, strlen(text));
	assert_true(line_next(&cursor, &line));
	assert_true(piece_is(line, "one"));
	assert_int_equal(cursor.number, 1);
	assert_true(line_next(&cursor, &line));
	assert_true(piece_is(line, ""));
	assert_false(cursor.is_cut);
	assert_true(line_next(&cursor, &line));
	assert_true(piece_is(line, "three"));
	assert_int_equal(cursor.number, 3);
	assert_true(cursor.is_cut);
	assert_false(line_next(&cursor, &line));
	line_cursor_init(&cursor, text, 0);
	assert_false(line_next(&cursor, &line));
}

static void test_words(void **state)
{
	struct piece line = piece_of("  a\t bc ");
	struct piece word;

	(void)state;
	assert_true(piece_next_word(&line, &word));
	assert_true(piece_is(word, "a"));
	assert_true(piece_next_word(&line, &word));
	assert_true(piece_is(word, "bc"));
	assert_false(piece_is(word, "b"));
	assert_false(piece_is(word, "bcd"));
	assert_true(piece_has_prefix(word, "b"));
	assert_false(piece_next_word(&line, &word));
}

static void test_line_of_cache(void **state)
{
	struct slab_line columns;

	(void)state;
	assert_null(slab_line_parse(
		piece_of("a-b  1 2 3 4 5 : tunables 0 0 0 : slabdata 6 7 0"),
		&columns));
	assert_true(piece_is(columns.name, "a-b"));
	assert_int_equal(columns.active_objects, 1);
	assert_int_equal(columns.objects, 2);
	assert_int_equal(columns.object_size, 3);
	assert_int_equal(columns.objects_per_slab, 4);
	assert_int_equal(columns.pages_per_slab, 5);
	assert_int_equal(columns.active_slabs, 6);
	assert_int_equal(columns.slabs, 7);
	/* A kernel with statistics writes more. */
	assert_null(slab_line_parse(
		piece_of(
			"a 1 2 3 4 5 : tunables 0 0 0 : slabdata 6 7 0 : cpustat"),
		&columns));
}

static void test_broken_lines(void **state)
{
	static const char *const cases[] = {
		"",
		"   ",
		"a",
		"a 1 2 3 4",
		"a 1 2 3 4 5",
		"a 1 2 3 4 x : tunables 0 0 0 : slabdata 6 7 0",
		"a 1 2 3 4 5 tunables 0 0 0 : slabdata 6 7 0",
		"a 1 2 3 4 5 : tunables 0 0 : slabdata 6 7 0",
		"a 1 2 3 4 5 : slabdata 6 7 0",
		"a 1 2 3 4 5 : tunables 0 0 0 : slabdata 6 7",
		"a 1 2 3 4 -5 : tunables 0 0 0 : slabdata 6 7 0",
		"a 1 2 3 4 18446744073709551616 : tunables 0 0 0 : slabdata 0",
	};
	struct slab_line columns;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_non_null(slab_line_parse(piece_of(cases[i]), &columns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_line_of_cache),
		cmocka_unit_test(test_broken_lines),
	};

	return cmocka_run_group_tests_name("slabline", tests, NULL, NULL);
}
