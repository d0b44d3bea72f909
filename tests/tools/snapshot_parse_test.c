/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/snapshot_parse.h"

#include "typeslab/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOP	    TYPESLAB_SNAPSHOT_HEAD TYPESLAB_SNAPSHOT_COLUMNS "# typeslab 1\n"
#define PID	    "# typeslab pid 4711\n"
#define PROGRAM	    "# typeslab program redis-server\n"
#define MODE	    "# typeslab mode typed\n"
#define PARTITIONS  "# typeslab partitions 2 3 4\n"
#define ALLOCATIONS "# typeslab allocations 10 20 30\n"
#define HEAD	    TOP PID PROGRAM MODE PARTITIONS ALLOCATIONS
#define TAIL	    " : tunables 0 0 0 : slabdata 1 1 0\n"
#define END	    TYPESLAB_SNAPSHOT_END

static int parse(const char *text, struct snapshot *out,
		 struct text_fault *fault)
{
	return snapshot_parse(text, strlen(text), out, fault);
}

static void test_whole(void **state)
{
	static const char text[] =
		HEAD "data-00-64  10 64 64 64 1" TAIL
		     "pointer-02-large  1 2 1048576 1 256" TAIL "# a remark\n"
		     "# typeslab later-key what ever\n"
		     "unknown-03-4096 3 4 4096 4 4" TAIL END;
	struct text_fault fault;
	struct snapshot got;

	(void)state;
	assert_int_equal(parse(text, &got, &fault), 0);
	assert_int_equal(got.pid, 4711);
	assert_string_equal(got.program, "redis-server");
	assert_string_equal(got.mode, "typed");
	assert_int_equal(got.partitions[DOMAIN_DATA], 2);
	assert_int_equal(got.partitions[DOMAIN_POINTER], 3);
	assert_int_equal(got.partitions[DOMAIN_UNKNOWN], 4);
	assert_int_equal(got.allocations[DOMAIN_UNKNOWN], 30);
	assert_int_equal(got.nr_caches, 3);
	assert_int_equal(got.caches[0].domain, DOMAIN_DATA);
	assert_int_equal(got.caches[0].live_objects, 10);
	assert_int_equal(got.caches[0].objects, 64);
	assert_false(got.caches[0].is_large);
	assert_int_equal(got.caches[1].domain, DOMAIN_POINTER);
	assert_int_equal(got.caches[1].partition, 2);
	assert_true(got.caches[1].is_large);
	assert_int_equal(got.caches[1].object_size, 1048576);
	assert_int_equal(got.caches[1].pages_per_slab, 256);
	assert_int_equal(got.caches[2].domain, DOMAIN_UNKNOWN);
	assert_int_equal(got.caches[2].partition, 3);
	snapshot_fini(&got);
	assert_int_equal(parse(HEAD END, &got, &fault), 0);
	assert_int_equal(got.nr_caches, 0);
	snapshot_fini(&got);
}

/* Behind the line that says so, a name is a name, whatever it looks like. */
static void test_named(void **state)
{
	static const char text[] =
		HEAD "data-00-64  10 64 64 64 1" TAIL TYPESLAB_SNAPSHOT_CACHES
		     "inode_cache  5 32 1024 32 8" TAIL
		     "data-00-64 1 2 100 2 8" TAIL END;
	struct text_fault fault;
	struct snapshot got;

	(void)state;
	assert_int_equal(parse(text, &got, &fault), 0);
	assert_int_equal(got.nr_caches, 3);
	assert_string_equal(got.caches[0].name, "");
	assert_int_equal(got.caches[1].domain, SNAPSHOT_NAMED);
	assert_string_equal(got.caches[1].name, "inode_cache");
	assert_int_equal(got.caches[1].live_objects, 5);
	assert_int_equal(got.caches[1].object_size, 1024);
	assert_int_equal(got.caches[2].domain, SNAPSHOT_NAMED);
	assert_string_equal(got.caches[2].name, "data-00-64");
	snapshot_fini(&got);
	assert_int_equal(parse(HEAD "inode_cache  5 32 1024 32 8" TAIL END,
			       &got, &fault),
			 -1);
}

/* What a terminal might obey never reaches it. */
static void test_unprintable(void **state)
{
	static const char text[] = TOP PID MODE PARTITIONS ALLOCATIONS
		"# typeslab program a b\033[2J\x9b\n" END;
	struct text_fault fault;
	struct snapshot got;

	(void)state;
	assert_int_equal(parse(text, &got, &fault), 0);
	assert_string_equal(got.program, "a b?[2J?");
	snapshot_fini(&got);
}

static void test_faults(void **state)
{
	static const struct {
		const char *text;
		size_t line;
		const char *what; /* part of the reason */
	} cases[] = {
		{ "", 1, "empty" },
		{ "\n", 1, "no snapshot" },
		{ "root:x:0:0\n", 1, "no snapshot" },
		{ "slabinfo - version: 2.0\n", 1, "no snapshot" },
		{ TYPESLAB_SNAPSHOT_HEAD, 1, "column names" },
		{ TYPESLAB_SNAPSHOT_HEAD "x\n", 2, "column names" },
		{ TYPESLAB_SNAPSHOT_HEAD TYPESLAB_SNAPSHOT_COLUMNS
		  "dentry 1 1 1 1 1" TAIL,
		  3, "--slabinfo" },
		{ TYPESLAB_SNAPSHOT_HEAD TYPESLAB_SNAPSHOT_COLUMNS
		  "# typeslab 2\n",
		  3, "version" },
		{ TOP, 3, "truncated" },
		{ TOP END, 4, "pid" },
		{ TOP PROGRAM MODE PARTITIONS ALLOCATIONS END, 8, "pid" },
		{ TOP PID MODE PARTITIONS ALLOCATIONS END, 8, "program" },
		{ TOP PID PROGRAM PARTITIONS ALLOCATIONS END, 8, "mode" },
		{ TOP PID PROGRAM MODE ALLOCATIONS END, 8, "partitions" },
		{ TOP PID PROGRAM MODE PARTITIONS END, 8, "allocations" },
		{ TOP PID "data-00-64 1 1 64 1 1" TAIL, 5, "program" },
		{ TOP PID PID, 5, "twice" },
		{ TOP "# typeslab pid x\n", 4, "pid" },
		{ TOP "# typeslab \n", 4, "no key" },
		{ TOP "# typeslab partitions 1 2\n", 4, "three" },
		{ TOP "# typeslab partitions 1 2 3 4\n", 4, "three" },
		{ TOP "# typeslab dedicated 1 2\n", 4, "three" },
		{ TOP "# typeslab dedicated 1 2 x\n", 4, "three" },
		{ TOP "# typeslab partitions 1 2 9217\n", 4, "partitions" },
		{ TOP "# typeslab allocations 1 18446744073709551615 0\n", 4,
		  "64 bits" },
		{ HEAD, 8, "truncated" },
		{ HEAD "data-00-64 1 1 64 1 1" TAIL, 9, "truncated" },
		{ HEAD "# typeslab end of it\n", 9, "truncated" },
		{ HEAD END "data-00-64 1 1 64 1 1" TAIL, 10, "after the end" },
		{ HEAD END END, 10, "after the end" },
		{ HEAD END "\n", 10, "after the end" },
		{ HEAD "data-00-64 1 1 64", 9, "truncated" },
		{ HEAD "data-00-64 1 1 64\n", 9, "five numbers" },
		{ HEAD "\n", 9, "empty line" },
		{ HEAD "dentry 1 1 1 1 1" TAIL, 9, "no domain" },
		{ HEAD "date-00-64 1 1 64 1 1" TAIL, 9, "no domain" },
		{ HEAD "data 1 1 64 1 1" TAIL, 9, "no domain" },
		{ HEAD "data-00 1 1 64 1 1" TAIL, 9, "no partition" },
		{ HEAD "data-0-64 1 1 64 1 1" TAIL, 9, "no partition" },
		{ HEAD "data-xx-64 1 1 64 1 1" TAIL, 9, "no partition" },
		{ HEAD "data-02-64 1 1 64 1 1" TAIL, 9, "does not know" },
		{ HEAD "data-00-x 1 1 64 1 1" TAIL, 9, "no slot size" },
		{ HEAD "data-00-64 1 1 65 1 1" TAIL, 9, "differ" },
		{ HEAD "data-00-large 18446744073709551615 1 2 1 1" TAIL, 9,
		  "64 bits" },
		{ HEAD "data-00-large 18446744073709551615 1 1 1 1" TAIL
		       "data-01-large 1 1 1 1 1" TAIL,
		  10, "64 bits" },
		{ HEAD "data-00-large 18446744073709551615 1 0 1 1" TAIL
		       "data-01-large 1 1 0 1 1" TAIL,
		  10, "64 bits" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text_fault fault = { 0 };
		struct snapshot got;

		if (!parse(cases[i].text, &got, &fault))
			fail_msg("case %zu was taken", i);
		if (fault.line != cases[i].line ||
		    !strstr(fault.what, cases[i].what))
			fail_msg("case %zu: line %zu: %s", i, fault.line,
				 fault.what);
		assert_null(got.caches);
	}
}

/* Cut anywhere, between lines too, a text is refused with its last line. */
static void test_every_cut(void **state)
{
	static const char text[] = HEAD "data-00-64  10 64 64 64 1" TAIL END;
	size_t line = 1;

	(void)state;
	for (size_t length = 1; length < strlen(text); length++) {
		struct text_fault fault = { 0 };
		struct snapshot got;

		if (!snapshot_parse(text, length, &got, &fault))
			fail_msg("taken when cut after %zu bytes", length);
		assert_int_equal(fault.line, line);
		line += text[length - 1] == '\n';
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_unprintable),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests_name("snapshot_parse", tests, NULL, NULL);
}
