/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Damages the samples at random and reads them: whatever comes, the parsers
 * answer with a text read whole or with a line that exists. Arguments: the
 * folder of samples, then a seed to repeat a run.
 */
#include "tools/kmalloc_parse.h"
#include "tools/snapshot_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ROUNDS 3000

static const char *samples;
static uint64_t seed;

/* splitmix64 */
static uint64_t random_number(uint64_t *number)
{
	uint64_t z = *number += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static char *read_sample(const char *name, size_t *length)
{
	char path[4096];
	char *text = malloc(1 << 20);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", samples, name);
	file = fopen(path, "r");
	assert_non_null(text);
	assert_non_null(file);
	*length = fread(text, 1, 1 << 20, file);
	assert_true(*length > 0);
	fclose(file);
	return text;
}

/* A copy, on the heap at its exact length, with some bytes changed. */
static char *damage(const char *text, size_t *length, uint64_t *random)
{
	static const char likely[] = "0123456789 -\n:#kM\t";
	size_t nr_changes = random_number(random) % 8;
	char *copy;

	if (random_number(random) % 4 == 0)
		*length = random_number(random) % (*length + 1);
	copy = malloc(*length + 1);
	assert_non_null(copy);
	memcpy(copy, text, *length);
	for (size_t i = 0; *length && i < nr_changes; i++) {
		size_t at = random_number(random) % *length;
		uint64_t draw = random_number(random);

		copy[at] = draw & 1 ? (char)(draw >> 8)
				    : likely[(draw >> 8) % strlen(likely)];
	}
	return copy;
}

static size_t count_lines(const char *text, size_t length)
{
	size_t nr = 1;

	for (size_t i = 0; i < length; i++)
		nr += text[i] == '\n';
	return nr;
}

static void check_snapshot(const char *text, size_t length)
{
	struct text_fault fault = { 0 };
	struct snapshot got;

	if (snapshot_parse(text, length, &got, &fault)) {
		assert_non_null(fault.what);
		assert_in_range(fault.line, 1, count_lines(text, length));
		assert_null(got.caches);
		return;
	}
	for (size_t i = 0; i < got.nr_caches; i++) {
		const struct snapshot_cache *cache = &got.caches[i];

		assert_true(cache->domain < NR_DOMAINS);
		assert_true(cache->partition < got.partitions[cache->domain]);
	}
	snapshot_fini(&got);
}

static void check_kmalloc(const char *text, size_t length)
{
	struct text_fault fault = { 0 };
	struct kmalloc_rows got;

	if (kmalloc_parse(text, length, &got, &fault)) {
		assert_non_null(fault.what);
		assert_in_range(fault.line, 0, count_lines(text, length));
		return;
	}
	assert_true(got.nr_rows > 0);
	for (size_t i = 0; i < got.nr_rows; i++)
		assert_true(strlen(got.rows[i].label) > 0);
	kmalloc_rows_fini(&got);
}

static void check_sample(const char *name)
{
	uint64_t random = seed;
	size_t whole;
	char *text = read_sample(name, &whole);

	for (int i = 0; i < ROUNDS; i++) {
		size_t length = whole;
		char *copy = damage(text, &length, &random);

		check_snapshot(copy, length);
		check_kmalloc(copy, length);
		free(copy);
	}
	free(text);
}

static void test_snapshot(void **state)
{
	(void)state;
	check_sample("redis.snapshot");
}

static void test_slabinfo(void **state)
{
	(void)state;
	check_sample("typed.slabinfo");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_slabinfo),
	};

	if (argc < 2)
		return 2;
	samples = argv[1];
	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL);
	fprintf(stderr, "# seed %llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests_name("parse_random", tests, NULL, NULL);
}
