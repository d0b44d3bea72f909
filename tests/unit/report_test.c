/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "report/report.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static const struct report_place ours = {
	.address = (const void *)0x7f1234567890,
	.size = 48,
	.domain = "pointer",
	.partition = 3,
	.slot = 17,
};
static const struct report_place foreign = {
	.address = (const void *)0x1000,
};

#define AT_OURS	   ": 0x7f1234567890 (48 bytes, pointer-03, slot 17)"
#define AT_FOREIGN ": 0x1000 (not in this heap)"

struct fault {
	void (*report)(enum report_act act, const struct report_place *place);
	enum report_act act;
	const struct report_place *place;
	const char *text;
};

static const struct fault faults[] = {
	{ report_dead, ACT_FREE, &ours, "typeslab: double free" AT_OURS },
	{ report_dead, ACT_REALLOC, &ours, "typeslab: freed realloc" AT_OURS },
	{ report_dead, ACT_SIZE_QUERY, &ours,
	  "typeslab: freed size query" AT_OURS },
	{ report_inner, ACT_FREE, &ours, "typeslab: inner free" AT_OURS },
	{ report_inner, ACT_REALLOC, &ours, "typeslab: inner realloc" AT_OURS },
	{ report_inner, ACT_SIZE_QUERY, &ours,
	  "typeslab: inner size query" AT_OURS },
	{ report_unallocated, ACT_FREE, &ours,
	  "typeslab: unallocated free" AT_OURS },
	{ report_unallocated, ACT_REALLOC, &ours,
	  "typeslab: unallocated realloc" AT_OURS },
	{ report_unallocated, ACT_SIZE_QUERY, &ours,
	  "typeslab: unallocated size query" AT_OURS },
	{ report_foreign, ACT_FREE, &foreign,
	  "typeslab: foreign free" AT_FOREIGN },
	{ report_foreign, ACT_REALLOC, &foreign,
	  "typeslab: foreign realloc" AT_FOREIGN },
	{ report_foreign, ACT_SIZE_QUERY, &foreign,
	  "typeslab: foreign size query" AT_FOREIGN },
};

static void commit_fault(void *arg)
{
	const struct fault *fault = arg;

	fault->report(fault->act, fault->place);
}

static void test_faults(void **state)
{
	char wanted[256];

	(void)state;
	for (size_t i = 0; i < array_size(faults); i++) {
		snprintf(wanted, sizeof(wanted), "%s\n", faults[i].text);
		unit_run_dead(commit_fault, (void *)(uintptr_t)&faults[i],
			      wanted);
	}
}

static void free_wrong_size(void *unused)
{
	(void)unused;
	report_wrong_size(&ours, 4097);
}

static void break_metadata(void *unused)
{
	(void)unused;
	report_broken("some words");
}

static void test_other_deaths(void **state)
{
	(void)state;
	unit_run_dead(free_wrong_size, NULL,
		      "typeslab: wrong size free" AT_OURS " as 4097 bytes\n");
	unit_run_dead(break_metadata, NULL,
		      "typeslab: broken metadata: some words\n");
}

/* Each kind once, however often and whatever the address; errno is kept. */
static void commit_all_twice(void *unused)
{
	(void)unused;
	report_set_compat(true);
	errno = E2BIG;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < array_size(faults); i++)
			commit_fault((void *)(uintptr_t)&faults[i]);
		report_wrong_size(&ours, 1);
	}
	unit_must(errno == E2BIG);
}

static void test_compat(void **state)
{
	struct unit_child child = unit_run(commit_all_twice, NULL);
	char wanted[4096] = "";

	(void)state;
	for (size_t i = 0; i < array_size(faults); i++) {
		strcat(wanted, faults[i].text);
		strcat(wanted, "\n");
	}
	strcat(wanted, "typeslab: wrong size free" AT_OURS " as 1 bytes\n");
	assert_string_equal(child.text, wanted);
	assert_int_equal(child.status, 0);
}

static void report_all_known(void *unused)
{
	static uintptr_t frames[3];
	struct report_place place = ours;

	(void)unused;
	frames[0] = (uintptr_t)report_all_known;
	frames[1] = 0x1234;
	place.start = (const void *)0x7f1234567880;
	place.state = "live";
	place.allocated = (struct report_stack){ frames, 2 };
	place.freed = (struct report_stack){ frames + 1, 1 };
	report_set_stacks(true);
	report_inner(ACT_FREE, &place);
}

static void break_with_stacks(void *unused)
{
	report_set_stacks(true);
	break_metadata(unused);
}

/* How many lines of @text begin with @words. */
static int nr_lines(const char *text, const char *words)
{
	int nr = 0;

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		nr += !strncmp(text, words, strlen(words));
	}
	return nr;
}

/* The first line is the same, and each stack has a line for each frame. */
static void test_stacks(void **state)
{
	static const char first[] =
		"typeslab: inner free" AT_OURS "\n"
		"typeslab: slot: live, 0x7f1234567880, 48 bytes\n"
		"typeslab: now: ";
	struct unit_child child = unit_run(report_all_known, NULL);

	(void)state;
	assert_int_equal(WTERMSIG(child.status), SIGABRT);
	assert_int_equal(strncmp(child.text, first, strlen(first)), 0);
	assert_in_range(nr_lines(child.text, "typeslab: now: "), 2, 15);
	assert_int_equal(nr_lines(child.text, "typeslab: freed: "), 1);
	assert_int_equal(nr_lines(child.text, "typeslab: allocated: "), 2);
	assert_non_null(strstr(child.text, "typeslab: freed: 0x1234\n"));
	assert_non_null(strstr(child.text, "/report_test+0x"));
	assert_non_null(strstr(child.text, "typeslab: allocated: 0x1234\n"));
	child = unit_run(break_with_stacks, NULL);
	assert_in_range(nr_lines(child.text, "typeslab: now: "), 2, 15);
	assert_int_equal(nr_lines(child.text, "typeslab: slot: "), 0);
}

static void break_under_compat(void *unused)
{
	report_set_compat(true);
	break_metadata(unused);
}

static void leave_compat(void *unused)
{
	report_set_compat(true);
	report_set_compat(false);
	free_wrong_size(unused);
}

static void test_still_fatal(void **state)
{
	(void)state;
	unit_run_dead(break_under_compat, NULL,
		      "typeslab: broken metadata: some words\n");
	unit_run_dead(leave_compat, NULL,
		      "typeslab: wrong size free" AT_OURS " as 4097 bytes\n");
}

static void give_advice(void *unused)
{
	(void)unused;
	report_unknown_option("colour=blue,x", 6);
	report_bad_value("mode=odd,data=8", 8, "typed|random|none");
	report_unknown_option("col\n\033[2J", 8);
	report_bad_value("mode=\033c\n", 8, "typed|random|none");
	report_policy("/\n/policy", 3, "not name:TYPE");
	report_no_snapshot("/no/such/\rfile");
	report_no_snapshot("/no/such/file");
	report_no_heap(3072);
	report_small_tokens();
	report_small_tokens();
	report_other_malloc();
	report_other_malloc();
}

static void test_advice(void **state)
{
	struct unit_child child = unit_run(give_advice, NULL);

	(void)state;
	assert_string_equal(
		child.text,
		"typeslab: unknown option: colour\n"
		"typeslab: bad value: mode=odd (typed|random|none)\n"
		"typeslab: unknown option: col\\x0a\\x1b[2J\n"
		"typeslab: bad value: mode=\\x1bc\\x0a (typed|random|none)\n"
		"typeslab: policy: /\\x0a/policy:3: not name:TYPE\n"
		"typeslab: snapshot: cannot create /no/such/\\x0dfile\n"
		"typeslab: snapshot: cannot create /no/such/file\n"
		"typeslab: no heap: no memory for 3072 partitions; raise ulimit"
		" -v or -d, or ask for fewer by unknown=, data= and pointer=\n"
		"typeslab: small tokens: built with -falloc-token-max;"
		" set token_max= or build without it\n"
		"typeslab: another malloc: types are lost; link the program with"
		" libtypeslab or preload it\n");
	assert_int_equal(child.status, 0);
}

static char endless[1000];

static void report_endless(void *unused)
{
	(void)unused;
	memset(endless, 'x', sizeof(endless) - 1);
	report_unknown_option(endless, sizeof(endless) - 1);
}

/* What does not fit is cut, the newline is not. */
static void test_cut(void **state)
{
	struct unit_child child = unit_run(report_endless, NULL);

	(void)state;
	assert_int_equal(strlen(child.text), 256);
	assert_int_equal(child.text[255], '\n');
	assert_int_equal(child.status, 0);
}

static void say_policy(void *unused)
{
	static char path[400];

	(void)unused;
	memset(path, 'x', sizeof(path) - 1);
	memcpy(path + sizeof(path) - 6, "/last", 5);
	report_policy("/etc/policy", 0, "wrong");
	report_policy("/etc/policy", 17, "wrong");
	report_policy(path, UINT32_MAX, "wrong");
}

static void test_policy(void **state)
{
	struct unit_child child = unit_run(say_policy, NULL);
	const char *third = strstr(child.text, "typeslab: policy: ...x");

	(void)state;
	assert_int_equal(child.status, 0);
	assert_non_null(third);
	assert_string_equal(third + strcspn(third, "/"),
			    "/last:4294967295: wrong\n");
	child.text[third - child.text] = 0;
	assert_string_equal(child.text,
			    "typeslab: policy: /etc/policy: wrong\n"
			    "typeslab: policy: /etc/policy:17: wrong\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_other_deaths),
		cmocka_unit_test(test_compat),
		cmocka_unit_test(test_stacks),
		cmocka_unit_test(test_still_fatal),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
