/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap of known contents for live readers: 600 data objects, 300 with
 * pointers, 100 of unknown type, 2 large ones; 50 more that are freed again.
 * Says "ready" and waits for the end of its input, or for a line: then it
 * allocates 1,000 data objects more and says "more". An argument is a number
 * of small objects of unknown type to begin with.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DATA_TOKEN    ((size_t)0x123456789abcdef)
#define POINTER_TOKEN (~(size_t)0x123456789abcdef)
/* Sizes that nothing else in the process asks for. */
#define OBJECT_SIZE 3000
#define LARGE_SIZE  ((size_t)3000000)

extern void *__alloc_token_malloc(size_t size, size_t token);

static void *kept[2000];
static size_t nr_kept;

static void alloc_many(int nr, size_t token)
{
	for (int i = 0; i < nr; i++) {
		void *p = token ? __alloc_token_malloc(OBJECT_SIZE, token)
				: malloc(OBJECT_SIZE);

		if (!p)
			exit(1);
		kept[nr_kept++] = p;
	}
}

static void say(const char *text, size_t length)
{
	if (write(STDOUT_FILENO, text, length) < 0)
		exit(1);
}

/* They are found again by nobody but the heap. */
static void alloc_small(long nr)
{
	while (nr-- > 0) {
		void *volatile p = malloc(16);

		if (!p)
			exit(1);
	}
}

int main(int argc, char **argv)
{
	char c;

	alloc_small(argc > 1 ? atol(argv[1]) : 0);
	alloc_many(650, DATA_TOKEN);
	while (nr_kept > 600)
		free(kept[--nr_kept]);
	alloc_many(300, POINTER_TOKEN);
	alloc_many(100, 0);
	kept[nr_kept++] = malloc(LARGE_SIZE);
	kept[nr_kept++] = __alloc_token_malloc(LARGE_SIZE, POINTER_TOKEN);
	say("ready\n", 6);
	while (read(STDIN_FILENO, &c, 1) == 1) {
		if (nr_kept < 1010)
			alloc_many(990, DATA_TOKEN);
		say("more\n", 5);
	}
	return 0;
}
