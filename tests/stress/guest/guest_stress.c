/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guest_stress: what only a machine of our own may try.
 *
 * Usage: guest_stress few|commit|exhaust
 *
 * few:     one object in every cache must not cost a huge page each.
 * commit:  under overcommit_memory=2, what is freed and trimmed is refunded.
 * exhaust: there, the last byte is refused with NULL and ENOMEM, and what is
 *          freed can be had again.
 */
#include "../stress.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB	    ((size_t)1 << 20)
#define FEW_MAX_KIB (24ul << 10)
#define NR_TOKENS   128

struct link {
	struct link *next;
};

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

/* One site, hence one partition. */
static __attribute__((noinline)) size_t take(struct link **chain, size_t size,
					     size_t most)
{
	size_t nr;

	for (nr = 0; nr < most; nr++) {
		struct link *link;

		errno = 0;
		link = malloc(size);
		if (!link) {
			if (errno != ENOMEM)
				stress_fail("NULL with errno %d", errno);
			break;
		}
		memset(link, 1, size);
		link->next = *chain;
		*chain = link;
	}
	return nr;
}

static void give(struct link **chain)
{
	while (*chain) {
		struct link *next = (*chain)->next;

		free(*chain);
		*chain = next;
	}
}

static void see_refund(size_t size)
{
	struct link *chain = NULL;
	unsigned long before, full, after;

	before = read_kib("/proc/meminfo", "Committed_AS");
	if (take(&chain, size, 128 * MIB / size) != 128 * MIB / size)
		stress_fail("out of memory");
	full = read_kib("/proc/meminfo", "Committed_AS");
	give(&chain);
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

static void exhaust(size_t size)
{
	struct link *chain = NULL;
	size_t most = ((size_t)4 << 30) / size;
	size_t first = take(&chain, size, most);
	size_t again;

	give(&chain);
	malloc_trim(0);
	again = take(&chain, size, most);
	give(&chain);
	malloc_trim(0);
	printf("blocks of %zu: %zu, then %zu\n", size, first, again);
	if (first == most)
		stress_fail("no limit");
	if (first * size < 64 * MIB || again < first - first / 8)
		stress_fail("too few");
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
		exhaust(MIB);
		exhaust(4096);
	} else {
		return 2;
	}
	return 0;
}
