/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/kmalloc_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD	"slabinfo - version: 2.1\n# name <active_objs>\n"
#define TAIL	" : tunables 0 0 0 : slabdata 1 1 0\n"
#define NUMBERS " 3 4 10 1 1" TAIL

static int parse(const char *text, struct kmalloc_rows *out,
		 struct text_fault *fault)
{
	return kmalloc_parse(text, strlen(text), out, fault);
}

static const struct {
	const char *name;
	struct kmalloc_row row; /* label empty: passed over */
} name_cases[] = {
	{ "kmalloc-8", { .label = "kmalloc" } },
	{ "kmalloc-8k", { .label = "kmalloc" } },
	{ "kmalloc-4M", { .label = "kmalloc" } },
	{ "kmalloc-part-15-1k",
	  { .label = "kmalloc-part-15", .is_partition = true, .number = 15 } },
	{ "kmalloc-rnd-07-96", { .label = "kmalloc-rnd-07", .number = 7 } },
	{ "kmalloc-cg-96",
	  { .label = "kmalloc-cg", .kind = KMALLOC_ACCOUNTED } },
	{ "kmalloc-cg-part-03-96",
	  { .label = "kmalloc-cg-part-03",
	    .kind = KMALLOC_ACCOUNTED,
	    .is_partition = true,
	    .number = 3 } },
	{ "kmalloc-part-cg-03-96",
	  { .label = "kmalloc-part-cg-03",
	    .kind = KMALLOC_ACCOUNTED,
	    .is_partition = true,
	    .number = 3 } },
	{ "kmalloc-rcl-96",
	  { .label = "kmalloc-rcl", .kind = KMALLOC_RECLAIMABLE } },
	{ "dma-kmalloc-96", { .label = "dma-kmalloc", .kind = KMALLOC_DMA } },
	{ "kmalloc-part-unk-16-96",
	  { .label = "kmalloc-part-unk-16",
	    .is_partition = true,
	    .is_unknown = true,
	    .number = 16 } },
	{ "kmalloc-cg-unk-00-96",
	  { .label = "kmalloc-cg-unk-00",
	    .kind = KMALLOC_ACCOUNTED,
	    .is_unknown = true } },
	{ "kmalloc-no-objext-96",
	  { .label = "kmalloc-no-objext", .kind = KMALLOC_NO_OBJEXT } },
	{ "kmalloc", { .label = "" } },
	{ "kmalloc-", { .label = "" } },
	{ "kmalloc-k", { .label = "" } },
	{ "kmalloc-8G", { .label = "" } },
	{ "kmalloc_buckets", { .label = "" } },
	{ "kmalloc-other-96", { .label = "" } },
	{ "kmalloc-part-9999-96", { .label = "" } },
	{ "xkmalloc-96", { .label = "" } },
	{ "bio-96", { .label = "" } },
	{ "96", { .label = "" } },
	{ "kmalloc-000000000000000000000000000000000000000000001-8",
	  { .label = "" } },
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(name_cases) / sizeof(name_cases[0]);
	     i++) {
		const struct kmalloc_row *want = &name_cases[i].row;
		struct text_fault fault;
		struct kmalloc_rows got;
		char text[256];

		snprintf(text, sizeof(text), HEAD "%s" NUMBERS,
			 name_cases[i].name);
		if (!want->label[0]) {
			assert_int_equal(parse(text, &got, &fault), -1);
			assert_non_null(strstr(fault.what, "no kmalloc"));
			continue;
		}
		if (parse(text, &got, &fault))
			fail_msg("%s: %s", name_cases[i].name, fault.what);
		assert_int_equal(got.nr_rows, 1);
		assert_string_equal(got.rows[0].label, want->label);
		assert_int_equal(got.rows[0].kind, want->kind);
		assert_int_equal(got.rows[0].is_unknown, want->is_unknown);
		assert_int_equal(got.rows[0].is_partition, want->is_partition);
		assert_int_equal(got.rows[0].number, want->number);
		assert_int_equal(got.rows[0].objects, 3);
		assert_int_equal(got.rows[0].bytes, 30);
		kmalloc_rows_fini(&got);
	}
}

static void test_sums_and_order(void **state)
{
	static const char *const order[] = {
		"kmalloc-part-15", "kmalloc-part-02", "kmalloc-part-01",
		"kmalloc",	   "kmalloc-unk-00",  "kmalloc-cg-part-04",
		"kmalloc-cg",	   "kmalloc-rcl",     "dma-kmalloc",
	};
	static const char text[] =
		HEAD "dma-kmalloc-8" NUMBERS "kmalloc-8" NUMBERS
		     "kmalloc-cg-8" NUMBERS "kmalloc-unk-00-8" NUMBERS
		     "kmalloc-part-01-8" NUMBERS "kmalloc-part-02-8" NUMBERS
		     "kmalloc-part-15-8" NUMBERS "kmalloc-cg-part-04-8" NUMBERS
		     "dentry 99 99 99 1 1" TAIL "kmalloc-rcl-8" NUMBERS
		     "kmalloc-part-02-4k 1 1 4096 1 1" TAIL;
	struct text_fault fault;
	struct kmalloc_rows got;

	(void)state;
	assert_int_equal(parse(text, &got, &fault), 0);
	assert_int_equal(got.nr_rows, sizeof(order) / sizeof(order[0]));
	for (size_t i = 0; i < got.nr_rows; i++)
		assert_string_equal(got.rows[i].label, order[i]);
	assert_int_equal(got.rows[1].objects, 4);
	assert_int_equal(got.rows[1].bytes, 30 + 4096);
	kmalloc_rows_fini(&got);
}

static void test_faults(void **state)
{
	static const struct {
		const char *text;
		size_t line;
		const char *what;
	} cases[] = {
		{ "", 0, "empty" },
		{ "slabinfo - version: 1.1\n", 1, "no slabinfo" },
		{ "hello\n", 1, "no slabinfo" },
		{ HEAD, 0, "no kmalloc" },
		{ HEAD "kmalloc-8 1 2", 3, "truncated" },
		{ HEAD "kmalloc-8 1 2\n", 3, "five numbers" },
		{ HEAD "dentry x 1 1 1 1" TAIL, 3, "five numbers" },
		{ HEAD "kmalloc-8 18446744073709551615 1 2 1 1" TAIL, 3,
		  "64 bits" },
		{ HEAD "kmalloc-8 18446744073709551615 1 1 1 1" TAIL
		       "kmalloc-8 1 1 1 1 1" TAIL,
		  4, "64 bits" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text_fault fault = { 0 };
		struct kmalloc_rows got;

		if (!parse(cases[i].text, &got, &fault))
			fail_msg("case %zu was taken", i);
		if (fault.line != cases[i].line ||
		    !strstr(fault.what, cases[i].what))
			fail_msg("case %zu: line %zu: %s", i, fault.line,
				 fault.what);
	}
}

/* A forged file cannot make the tool quadratic or grow without end. */
static void test_too_many_rows(void **state)
{
	static char text[200000];
	struct text_fault fault;
	struct kmalloc_rows got;
	char *next = text;

	(void)state;
	next += sprintf(next, HEAD);
	for (int i = 0; i < 1023; i++)
		next += sprintf(next, "kmalloc-part-%d-%d-8" NUMBERS, i, i);
	assert_int_equal(parse(text, &got, &fault), 0);
	kmalloc_rows_fini(&got);
	for (int i = 0; i < 10; i++)
		next += sprintf(next, "kmalloc-rnd-%d-8" NUMBERS, i);
	assert_int_equal(parse(text, &got, &fault), -1);
	assert_non_null(strstr(fault.what, "more rows"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sums_and_order),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_too_many_rows),
	};

	return cmocka_run_group_tests_name("kmalloc_parse", tests, NULL, NULL);
}
