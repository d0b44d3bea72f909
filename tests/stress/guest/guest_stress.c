/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest_stress: what only a machine of our own may try.
 *
 * Usage: guest_stress few|commit|exhaust|maps
 *
 * few:     one object in every cache must not cost a huge page each.
 * commit:  under overcommit_memory=2, what is freed and trimmed is refunded.
 * exhaust: there, the last byte is refused with NULL and ENOMEM, and what is
 *          freed can be had again.
 * maps:    under vm.max_map_count=1000: a heap of every kind of block needs
 *          fewer mappings; when the program has used up all the others, the
 *          heap gives what it can, refuses in words, loses nothing.
 */
#include "../chain.h"
#include "../stress.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MIB	    ((size_t)1 << 20)
#define FEW_MAX_KIB (24ul << 10)
#define NR_TOKENS   128

void *__alloc_token_malloc(size_t size, size_t token);

/* A line "name: number kB" of a file in /proc. */
static unsigned long read_kib(const char *path, const char *name)
{
	char line[256];
	unsigned long kib = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		stress_fail("%s", path);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			kib = strtoul(line + strlen(name) + 1, NULL, 10);
	fclose(file);
	return kib;
}

static void make_few(void)
{
	struct stress_random random;
	unsigned long kib;

	stress_random_init(&random, 1);
	for (size_t size = 16; size <= 20000; size += size / 4) {
		for (int i = 0; i < NR_TOKENS; i++) {
			size_t token = stress_random_next(&random);
			char *p = __alloc_token_malloc(size, token);

			if (!p)
				stress_fail("out of memory");
			p[0] = 1;
		}
	}
	kib = read_kib("/proc/self/status", "RssAnon");
	printf("RssAnon %lu KiB\n", kib);
	if (!kib || kib > FEW_MAX_KIB)
		stress_fail("%lu KiB for few objects", kib);
}

static void see_refund(size_t size)
{
	struct chain *chain = NULL;
	unsigned long before, full, after;

	before = read_kib("/proc/meminfo", "Committed_AS");
	if (chain_take(&chain, size, 128 * MIB / size) != 128 * MIB / size)
		stress_fail("out of memory");
	full = read_kib("/proc/meminfo", "Committed_AS");
	chain_give(&chain);
	malloc_trim(0);
	after = read_kib("/proc/meminfo", "Committed_AS");
	printf("blocks of %zu: committed %lu, %lu, then %lu KiB\n", size,
	       before, full, after);
	if (full < before + 100 * 1024)
		stress_fail("nothing was committed");
	if (after > before + (full - before) / 4)
		stress_fail("%lu KiB of %lu not refunded", after - before,
			    full - before);
}

#define NR_BLOCKS   4000u
#define NR_MAPS_MAX 1000u

/* Neighbours differ in what they allow, so that each stays a mapping. */
static size_t use_up_mappings(void **maps)
{
	size_t nr = 0;

	while (nr < NR_MAPS_MAX) {
		void *p = mmap(NULL, 4096, nr % 2 ? PROT_READ : PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			return nr;
		maps[nr++] = p;
	}
	stress_fail("vm.max_map_count is too high for this test");
}

/* Blocks of all kinds; how many could be had. */
static size_t make_blocks(struct stress_block *blocks,
			  struct stress_random *random)
{
	size_t nr = 0;

	for (size_t i = 0; i < NR_BLOCKS; i++) {
		stress_block_free(&blocks[i]);
		nr += stress_block_make(&blocks[i], random);
	}
	return nr;
}

static void live_with_few_mappings(void)
{
	static struct stress_block blocks[NR_BLOCKS];
	static void *maps[NR_MAPS_MAX];
	struct stress_random random;
	size_t nr_maps, nr_had;

	stress_random_init(&random, stress_seed(NULL));
	if (make_blocks(blocks, &random) != NR_BLOCKS)
		stress_fail("out of memory");
	nr_maps = use_up_mappings(maps);
	if (nr_maps < 100)
		stress_fail("only %zu mappings left", nr_maps);
	for (int i = 0; i < 4; i++) {
		nr_had = make_blocks(blocks, &random);
		malloc_trim(0);
	}
	printf("%zu mappings left, %zu of %u blocks without them\n", nr_maps,
	       nr_had, NR_BLOCKS);
	while (nr_maps)
		munmap(maps[--nr_maps], 4096);
	if (make_blocks(blocks, &random) != NR_BLOCKS)
		stress_fail("what was refused did not come back");
	for (size_t i = 0; i < NR_BLOCKS; i++)
		stress_block_free(&blocks[i]);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	stress_watchdog(300);
	if (!strcmp(name, "few")) {
		make_few();
	} else if (!strcmp(name, "commit")) {
		see_refund(MIB);
		see_refund(1000);
	} else if (!strcmp(name, "exhaust")) {
		chain_exhaust(MIB, ((size_t)4 << 30) / MIB, 64 * MIB, NULL);
		chain_exhaust(4096, ((size_t)4 << 30) / 4096, 64 * MIB, NULL);
	} else if (!strcmp(name, "maps")) {
		live_with_few_mappings();
	} else {
		return 2;
	}
	return 0;
}
