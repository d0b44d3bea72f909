/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/sites.h"

#include "tests/tools/child.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What is printed of @pid, to be freed; *@status is what was returned. */
static char *print(const struct sites *sites, pid_t pid,
		   const struct site_sum *untyped, size_t most, int *status)
{
	struct site_totals totals = { .untyped = *untyped, .typed = { 7, 70 } };
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	assert_non_null(to);
	*status = sites_print(sites, pid, &totals, most, to);
	assert_int_equal(fclose(to), 0);
	return text;
}

/* The line whose words from the third on are @what, as two numbers. */
static struct site_sum line_of(const char *text, const char *what)
{
	struct site_sum sum = { 0 };
	const char *found = strstr(text, what);

	assert_non_null(found);
	while (found > text && found[-1] != '\n')
		found--;
	assert_int_equal(sscanf(found, "%lu %lu", &sum.bytes, &sum.objects), 2);
	return sum;
}

/* Sites of 3 and 2 objects, 130 bytes; what the heap counts; the rest. */
static const struct {
	struct site_sum untyped;
	struct site_sum rest; /* no objects: no line */
	struct site_sum whole;
} sums[] = {
	{ { 5, 130 }, { 0, 0 }, { 5, 130 } },
	{ { 9, 1130 }, { 4, 1000 }, { 9, 1130 } },
	/* The same bytes, of slots that are smaller. */
	{ { 9, 130 }, { 4, 0 }, { 9, 130 } },
	/* Of large objects the heap's bytes are a mean, rounded down. */
	{ { 5, 129 }, { 0, 0 }, { 5, 130 } },
	{ { 6, 129 }, { 1, 0 }, { 6, 130 } },
	/* Some came after the heap had counted, or others went. */
	{ { 3, 30 }, { 0, 0 }, { 5, 130 } },
	{ { 5, 131 }, { 0, 0 }, { 5, 130 } },
	{ { 0, 0 }, { 0, 0 }, { 5, 130 } },
};

static void check_sum(const char *text, const char *what,
		      const struct site_sum *want)
{
	struct site_sum got = line_of(text, what);

	assert_int_equal(got.objects, want->objects);
	assert_int_equal(got.bytes, want->bytes);
}

static void test_sums(void **state)
{
	struct site list[] = { { (uintptr_t)&start_child, { 3, 100 } },
			       { 0, { 2, 30 } } };
	struct sites sites = { .list = list, .nr = 2, .sum = { 5, 130 } };
	pid_t pid = start_child();

	(void)state;
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		int status;
		char *text = print(&sites, pid, &sums[i].untyped, 20, &status);

		assert_int_equal(status, 0);
		check_sum(text, "  start_child ", &list[0].sum);
		check_sum(text, "not known: no stack", &list[1].sum);
		if (sums[i].rest.objects)
			check_sum(text, "without a record of their site",
				  &sums[i].rest);
		else
			assert_null(strstr(text, "without a record"));
		check_sum(text, "= without a type", &sums[i].whole);
		assert_null(strstr(text, "more sites"));
		free(text);
		text = print(&sites, pid, &sums[i].untyped, 1, &status);
		check_sum(text, "1 more sites", &list[1].sum);
		check_sum(text, "= without a type", &sums[i].whole);
		free(text);
	}
	end_child(pid);
}

/* Nothing can be named by what is no more; least of all as code of no file. */
static void test_process_that_ended(void **state)
{
	struct site list[] = { { (uintptr_t)&start_child, { 3, 100 } } };
	struct sites sites = { .list = list, .nr = 1, .sum = { 3, 100 } };
	pid_t pid = start_child();
	siginfo_t info;
	int status;

	(void)state;
	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), 0);
	for (int is_reaped = 0; is_reaped < 2; is_reaped++) {
		char *text = print(&sites, pid, &sites.sum, 20, &status);

		assert_int_equal(status, -1);
		assert_string_equal(text, "");
		free(text);
		if (!is_reaped)
			assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_process_that_ended),
	};

	return cmocka_run_group_tests_name("sites", tests, NULL, NULL);
}
