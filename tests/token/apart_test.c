/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apart_test: unmapped ground lies between any two partitions.
 *
 * Thousands of blocks of all partitions and sizes are laid out by address;
 * where the partition changes from one to the next, the memory between them
 * must not be accessible throughout, whatever the sizes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>

#include "place.h"

#define NR_BLOCKS 6000
#define NR_RUNS	  4000

void *__alloc_token_malloc(size_t size, size_t token);

struct block {
	uintptr_t start;
	struct typeslab_whatis place;
};

/* Neighbouring mappings that can be accessed, as one. */
struct run {
	uintptr_t start, end;
};

static struct block *blocks;
static struct run *runs;
static size_t nr_runs;

static void *own_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

static int by_address(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void make_blocks(void)
{
	static const size_t size[] = { 1,    40,    100,   500,	   1500,
				       4096, 20000, 70000, 300000, 2000000 };
	uint64_t random = 12345;

	for (size_t i = 0; i < NR_BLOCKS; i++) {
		size_t bytes = size[i % 10];
		size_t token;
		void *p;

		random = random * UINT64_C(6364136223846793005) + 1442695041;
		token = i % 5 ? random : 0;
		/* Large ones are few: they need not be many to have ends. */
		if (bytes > 20000 && i % 100 > 10)
			bytes = 64;
		p = token ? __alloc_token_malloc(bytes, token) : malloc(bytes);
		blocks[i].start = (uintptr_t)p;
		blocks[i].place = place_of(p, bytes);
	}
	qsort(blocks, NR_BLOCKS, sizeof(*blocks), by_address);
}

static void read_runs(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	uintptr_t start, end;
	char access[5];

	assert_non_null(file);
	nr_runs = 0;
	while (fscanf(file, "%lx-%lx %4s%*[^\n]", &start, &end, access) == 3) {
		if (!strncmp(access, "---", 3))
			continue;
		if (nr_runs && runs[nr_runs - 1].end == start) {
			runs[nr_runs - 1].end = end;
			continue;
		}
		assert_true(nr_runs < NR_RUNS);
		runs[nr_runs++] = (struct run){ start, end };
	}
	fclose(file);
}

static const struct run *run_of(uintptr_t address)
{
	for (size_t i = 0; i < nr_runs; i++)
		if (address >= runs[i].start && address < runs[i].end)
			return &runs[i];
	fail_msg("%#lx is not mapped", (unsigned long)address);
	return NULL;
}

static void partitions_lie_apart(void **state)
{
	unsigned int nr_changes = 0;

	(void)state;
	for (size_t i = 1; i < NR_BLOCKS; i++) {
		const struct block *a = &blocks[i - 1], *b = &blocks[i];

		assert_true(a->start + a->place.size <= b->start);
		if (same_partition(a->place, b->place))
			continue;
		nr_changes++;
		if (run_of(a->start) == run_of(b->start))
			fail_msg("%s-%02u at %#lx reaches %s-%02u at %#lx",
				 domain_name(a->place.domain),
				 a->place.partition, (unsigned long)a->start,
				 domain_name(b->place.domain),
				 b->place.partition, (unsigned long)b->start);
	}
	assert_true(nr_changes > 16);
}

/* What lies in one run with blocks is theirs: no stack, no data, no file. */
static void the_heap_has_no_neighbours(void **state)
{
	static int data = 1;
	int local;

	(void)state;
	for (size_t i = 0; i < NR_BLOCKS; i++) {
		const struct run *run = run_of(blocks[i].start);

		assert_true(run != run_of((uintptr_t)&data));
		assert_true(run != run_of((uintptr_t)&local));
		assert_true(run != run_of((uintptr_t)blocks));
		assert_true(run != run_of((uintptr_t)runs));
	}
}

/* Few mappings, whatever was allocated: the kernel's limit is 65,530. */
static void there_are_few_mappings(void **state)
{
	FILE *file = fopen("/proc/self/maps", "r");
	unsigned int lines = 0;
	int c;

	(void)state;
	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	assert_true(lines < 1000);
}

static int set_up(void **state)
{
	(void)state;
	blocks = own_memory(NR_BLOCKS * sizeof(*blocks));
	runs = own_memory(NR_RUNS * sizeof(*runs));
	make_blocks();
	read_runs();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partitions_lie_apart),
		cmocka_unit_test(the_heap_has_no_neighbours),
		cmocka_unit_test(there_are_few_mappings),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
