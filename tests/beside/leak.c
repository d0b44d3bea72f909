/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leak: loses 123 bytes, and reads behind a block where it is told to
 * ("leak over"); what a checker must find beside this heap.
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
	volatile char *p;
	int sum = 0;

	(void)argv;
	lose();
	for (size_t i = 1; i < 5000; i++) {
		p = malloc(i);
		p[i - 1] = (char)i;
		sum += p[i - 1];
		free((void *)p);
	}
	p = malloc(40);
	if (argc > 1)
		sum += p[40];
	free((void *)p);
	return printf("done\n") != 5 || sum == 7;
}
