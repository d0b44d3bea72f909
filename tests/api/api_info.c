/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_info: the calls that tell about the heap tell the truth: what is held
 * is counted, what was given back is not, what is trimmed leaves the process.
 *
 * "api_info xml" prints malloc_info's text and is read by check-xml.
 */
#include "api.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define SLACK (2 * MIB) /* what magazines and half-full slabs may hold */

/* mallinfo(3): uordblks counts the arenas, hblkhd what has its own mapping. */
static size_t held_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void mallinfo2_counts_what_is_held(void **state)
{
	static const size_t sizes[] = { 64, 1000, 10000, 100000, MIB };
	static void *blocks[MIB];

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(sizes); i++) {
		size_t nr = 32 * MIB / sizes[i], before = held_bytes(), during;

		for (size_t j = 0; j < nr; j++)
			blocks[j] = malloc(sizes[i]);
		during = held_bytes();
		for (size_t j = 0; j < nr; j++)
			free(blocks[j]);
		assert_true(during >= before + nr * sizes[i]);
		assert_true(during <= before + nr * sizes[i] / 4 * 5 + SLACK);
		assert_true(held_bytes() <= before + SLACK);
	}
}

static void mallinfo_agrees_with_mallinfo2(void **state)
{
	struct mallinfo2 wide = mallinfo2();
	struct mallinfo narrow;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	narrow = mallinfo();
#pragma GCC diagnostic pop
	(void)state;
	assert_int_equal(narrow.uordblks, (int)wide.uordblks);
	assert_int_equal(narrow.hblkhd, (int)wide.hblkhd);
	assert_int_equal(narrow.arena, (int)wide.arena);
	assert_true(wide.arena + wide.hblkhd >= wide.uordblks);
}

/* Every page touched, all freed: the process must shrink again. */
static void trim_gives_memory_back(void **state)
{
	enum {
		NR = 1 << 17
	};
	static void *blocks[NR];
	size_t before, full;

	(void)state;
	malloc_trim(0);
	before = api_resident();
	for (size_t i = 0; i < NR; i++) {
		blocks[i] = malloc(500);
		memset(blocks[i], 1, 500);
	}
	full = api_resident();
	assert_true(full >= before + (size_t)NR * 500 - SLACK);
	for (size_t i = 0; i < NR; i++)
		free(blocks[i]);
	malloc_trim(0);
	assert_true(api_resident() <= before + 4 * MIB);
}

static void trim_answers_zero_or_one(void **state)
{
	(void)state;
	for (size_t pad = 0; pad < MIB; pad = 2 * pad + 1) {
		int answer = malloc_trim(pad);

		assert_true(answer == 0 || answer == 1);
	}
	assert_in_range(malloc_trim(SIZE_MAX), 0, 1);
}

static void mallopt_answers_zero_or_one(void **state)
{
	static const int options[] = { M_MMAP_THRESHOLD,
				       M_TRIM_THRESHOLD,
				       M_TOP_PAD,
				       M_MMAP_MAX,
				       M_ARENA_MAX,
				       M_ARENA_TEST,
				       M_MXFAST,
				       M_CHECK_ACTION,
				       M_PERTURB,
				       12345,
				       -12345 };
	void *p;

	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(options); i++)
		assert_in_range(mallopt(options[i], 0), 0, 1);
	p = calloc(1, 1000);
	assert_non_null(p);
	assert_true(api_is_zero(p, 1000));
	free(p);
}

static void malloc_info_refuses_options(void **state)
{
	FILE *out = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(out);
	assert_int_not_equal(malloc_info(1, out), 0);
	assert_int_not_equal(malloc_info(-1, out), 0);
	assert_int_equal(malloc_info(0, out), 0);
	fclose(out);
}

/* Reads what malloc_stats writes through a pipe of its own. */
static void malloc_stats_speaks_on_standard_error(void **state)
{
	int saved = dup(STDERR_FILENO), ends[2];
	char text[1024];
	ssize_t got;

	(void)state;
	fflush(NULL);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	malloc_stats();
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(ends[1]);
	close(saved);
	got = read(ends[0], text, sizeof(text));
	close(ends[0]);
	assert_true(got > 0);
}

static void *say_stats(void *unused)
{
	malloc_stats();
	return unused;
}

/* A thread's stack may be as small as glibc lets it be. */
static void malloc_stats_needs_little_stack(void **state)
{
	size_t size = PTHREAD_STACK_MIN > 16384 ? PTHREAD_STACK_MIN : 16384;
	int saved = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
	pthread_attr_t small;
	pthread_t thread;

	(void)state;
	pthread_attr_init(&small);
	assert_int_equal(pthread_attr_setstacksize(&small, size), 0);
	dup2(nowhere, STDERR_FILENO);
	assert_int_equal(pthread_create(&thread, &small, say_stats, NULL), 0);
	pthread_join(thread, NULL);
	dup2(saved, STDERR_FILENO);
	close(nowhere);
	close(saved);
	pthread_attr_destroy(&small);
}

static void *hold_some(void *unused)
{
	void *blocks[100];

	(void)unused;
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++)
		blocks[i] = malloc(i * 77);
	malloc_info(0, stdout);
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++)
		free(blocks[i]);
	return NULL;
}

/* Three documents, a form feed between: young, with threads, used. */
static int print_xml(void)
{
	void *blocks[200];
	pthread_t thread;

	malloc_info(0, stdout);
	putchar('\f');
	if (pthread_create(&thread, NULL, hold_some, NULL))
		return 1;
	pthread_join(thread, NULL);
	putchar('\f');
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i++)
		blocks[i] = malloc(i * i * 50);
	for (size_t i = 0; i < API_ARRAY_SIZE(blocks); i += 2)
		free(blocks[i]);
	return malloc_info(0, stdout);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mallinfo2_counts_what_is_held),
		cmocka_unit_test(mallinfo_agrees_with_mallinfo2),
		cmocka_unit_test(trim_gives_memory_back),
		cmocka_unit_test(trim_answers_zero_or_one),
		cmocka_unit_test(mallopt_answers_zero_or_one),
		cmocka_unit_test(malloc_info_refuses_options),
		cmocka_unit_test(malloc_stats_speaks_on_standard_error),
		cmocka_unit_test(malloc_stats_needs_little_stack),
	};

	if (argc > 1 && !strcmp(argv[1], "xml"))
		return print_xml();
	return cmocka_run_group_tests_name("info", tests, NULL, NULL);
}
