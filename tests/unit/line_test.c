/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/line.h"

static void check(const struct line *line, const char *text)
{
	assert_int_equal(line->length, strlen(text));
	assert_memory_equal(line->text, text, line->length);
}

static void test_words(void **state)
{
	struct line line = { .length = 0 };

	(void)state;
	line_add(&line, "one");
	line_add(&line, "");
	line_add_bytes(&line, " two three", 4);
	check(&line, "one two");
	line_end(&line);
	check(&line, "one two\n");
	line.length = 0;
	line_add(&line, "again");
	check(&line, "again");
}

static void test_given(void **state)
{
	struct line line = { .length = 0 };

	(void)state;
	line_add_given(&line, "a b~\xc3\xb6\xc2\xa0", 8);
	check(&line, "a b~\xc3\xb6\xc2\xa0");
	line.length = 0;
	line_add_given(&line, "\xc2.\xc2", 3);
	check(&line, "\xc2.\xc2");
	line.length = 0;
	line_add_given(&line, "\n\033[2J\177\0\xc2\x9b", 9);
	check(&line, "\\x0a\\x1b[2J\\x7f\\x00\xc2\\x9b");
}

static void test_numbers(void **state)
{
	static const struct {
		uint64_t n;
		unsigned int base, min_digits;
		const char *text;
	} cases[] = {
		{ 0, 10, 1, "0" },
		{ 0, 10, 0, "0" },
		{ 0, 10, 2, "00" },
		{ 7, 10, 2, "07" },
		{ 10, 10, 2, "10" },
		{ 123, 10, 2, "123" },
		{ UINT64_MAX, 10, 1, "18446744073709551615" },
		{ UINT64_MAX, 16, 1, "ffffffffffffffff" },
		{ 0xdeadbeef, 16, 1, "deadbeef" },
		{ 0xa, 16, 4, "000a" },
		{ 1, 10, 20, "00000000000000000001" },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		struct line line = { .length = 0 };

		line_add_number(&line, cases[i].n, cases[i].base,
				cases[i].min_digits);
		check(&line, cases[i].text);
	}
}

/* Every length of a piece against every length already there. */
static void test_cut(void **state)
{
	char piece[300];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	for (size_t had = 0; had < sizeof(((struct line *)0)->text); had++) {
		for (size_t more = 0; more < sizeof(piece); more += 7) {
			struct line line = { .length = 0 };
			size_t most = sizeof(line.text) - 1;

			line_add_bytes(&line, piece, had);
			assert_int_equal(line.length, had);
			line_add_bytes(&line, piece, more);
			assert_int_equal(line.length,
					 had + more < most ? had + more : most);
			line_end(&line);
			assert_int_equal(line.text[line.length - 1], '\n');
			assert_true(line.length <= sizeof(line.text));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
