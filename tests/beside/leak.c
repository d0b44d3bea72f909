/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leak: loses 123 bytes, and reads behind a block where it is told to
 * ("leak over"); what a checker must find beside this heap. "leak hot" goes on
 * for long enough to be sampled.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *volatile kept;

static __attribute__((__noinline__)) void lose(void)
{
	kept = malloc(123);
	memset(kept, 1, 123);
	kept = NULL;
}

int main(int argc, char **argv)
{
	const char *told = argc > 1 ? argv[1] : "";
	size_t rounds = strcmp(told, "hot") ? 5000 : 5000000;
	volatile char *p;
	int sum = 0;

	lose();
	for (size_t i = 1; i < rounds; i++) {
		size_t size = i % 5000 + 1;

		p = malloc(size);
		p[size - 1] = (char)i;
		sum += p[size - 1];
		free((void *)p);
	}
	p = malloc(40);
	if (!strcmp(told, "over"))
		sum += p[40];
	free((void *)p);
	return printf("done\n") != 5 || sum == 7;
}
