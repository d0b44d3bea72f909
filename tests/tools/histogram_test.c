/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/histogram.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *draw(const struct histogram *histogram,
		  struct histogram_style style)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	histogram_draw(histogram, style, to);
	fclose(to);
	return text;
}

static void fill(struct histogram *histogram)
{
	struct histogram_group *group;

	histogram_init(histogram, "row");
	strcpy(histogram->title, "title");
	group = histogram_add_group(histogram, "first", 32);
	assert_true(histogram_add_row(group, "first-00", 100, 6400));
	assert_true(histogram_add_row(group, "first-01", 0, 0));
	assert_true(histogram_add_row(group, "first-02", 1, 1000000000));
	group = histogram_add_group(histogram, "second", 0);
	assert_true(histogram_add_row(group, "second-00", 50, 50));
	histogram_add_note(histogram, "note %d", 1);
}

static void test_draw(void **state)
{
	struct histogram histogram;
	char *text;

	(void)state;
	fill(&histogram);
	text = draw(&histogram, (struct histogram_style){ .width = 52 });
	assert_string_equal(
		text, "title\n"
		      "\n"
		      "row        objects       bytes\n"
		      "first-00       100        6400  ++++++++++++++++++++\n"
		      "first-01         0           0\n"
		      "first-02         1  1000000000  +\n"
		      "= first        101  1000006400  66.9 % of objects\n"
		      "\n"
		      "second-00       50          50  ++++++++++\n"
		      "= second        50          50  33.1 % of objects\n"
		      "\n"
		      "all: 151 live objects, 1000006450 bytes\n"
		      "note 1\n");
	free(text);
	histogram_fini(&histogram);
}

static void test_colour(void **state)
{
	struct histogram histogram;
	char *plain, *coloured;

	(void)state;
	fill(&histogram);
	plain = draw(&histogram, (struct histogram_style){ .width = 80 });
	coloured = draw(&histogram, (struct histogram_style){
					    .width = 80, .has_colour = true });
	assert_null(strchr(plain, '\033'));
	assert_non_null(strstr(coloured, "\033[32m+"));
	assert_non_null(strstr(coloured, "+\033[0m\n"));
	/* The colourless group stays so. */
	assert_null(strchr(strstr(coloured, "second-00"), '\033'));
	free(plain);
	free(coloured);
	histogram_fini(&histogram);
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		if (length > longest)
			longest = length;
		text += length + 1;
	}
	return longest;
}

/* The longest bar ends at the edge; numbers of any size push, never cut. */
static void test_widths(void **state)
{
	struct histogram_group *group;
	struct histogram histogram;

	(void)state;
	fill(&histogram);
	for (unsigned int width = 0; width < 300; width++) {
		char *text = draw(&histogram,
				  (struct histogram_style){ .width = width });
		size_t want = width < 50 ? 50 : width;

		/* 50: the sum line is the longest then. */
		if (longest_line(text) != want && width >= 50)
			fail_msg("width %u: %zu", width, longest_line(text));
		free(text);
	}
	group = &histogram.groups[1];
	assert_true(histogram_add_row(group, "much", UINT64_MAX - 1000,
				      UINT64_MAX - 2000000000));
	free(draw(&histogram, (struct histogram_style){ .width = 4000 }));
	histogram_fini(&histogram);
}

static void test_effective_rows(void **state)
{
	struct histogram_group *group;
	struct histogram histogram;

	(void)state;
	histogram_init(&histogram, "row");
	group = histogram_add_group(&histogram, "group", 0);
	assert_true(histogram_effective_rows(group) == 0);
	assert_true(histogram_add_row(group, "a", 0, 0));
	assert_true(histogram_effective_rows(group) == 0);
	assert_true(histogram_add_row(group, "b", 10, 0));
	assert_true(fabs(histogram_effective_rows(group) - 1) < 1e-9);
	assert_true(histogram_add_row(group, "c", 10, 0));
	assert_true(fabs(histogram_effective_rows(group) - 2) < 1e-9);
	for (int i = 0; i < 62; i++)
		assert_true(histogram_add_row(group, "x", 10, 0));
	assert_true(fabs(histogram_effective_rows(group) - 64) < 1e-9);
	/* Shares 1/2, 1/4, 1/4: entropy 1.5. */
	group = histogram_add_group(&histogram, "other", 0);
	assert_true(histogram_add_row(group, "a", 2, 0));
	assert_true(histogram_add_row(group, "b", 1, 0));
	assert_true(histogram_add_row(group, "c", 1, 0));
	assert_true(fabs(histogram_effective_rows(group) - exp2(1.5)) < 1e-9);
	histogram_fini(&histogram);
}

static void test_long_words(void **state)
{
	struct histogram_group *group;
	struct histogram histogram;
	char word[500];

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = 0;
	histogram_init(&histogram, "row");
	group = histogram_add_group(&histogram, word, 0);
	assert_true(histogram_add_row(group, word, 1, 1));
	for (int i = 0; i < HISTOGRAM_MAX_NOTES + 3; i++)
		histogram_add_note(&histogram, "%s", word);
	free(draw(&histogram, (struct histogram_style){ .width = 80 }));
	assert_int_equal(histogram.nr_notes, HISTOGRAM_MAX_NOTES);
	histogram_fini(&histogram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_draw),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_effective_rows),
		cmocka_unit_test(test_long_words),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
