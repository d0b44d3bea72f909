/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secure: a small program with the heap inside (libtypeslab.a), for
 * check-secure to give rights to. Leaves with 0 when the kernel says that its
 * environment is not to be trusted (AT_SECURE), with 3 when not. With an
 * argument the heap begins before the C library has an environment.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static void begin_early(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		free(malloc(1));
}

__attribute__((__section__(".preinit_array"),
	       __used__)) static void (*const first)(int,
						     char **) = begin_early;

int main(void)
{
	void *blocks[100];

	for (size_t i = 0; i < 100; i++) {
		blocks[i] = malloc(i * 100);
		if (!blocks[i])
			return 4;
		memset(blocks[i], 1, i * 100);
	}
	for (size_t i = 0; i < 100; i++)
		free(blocks[i]);
	return getauxval(AT_SECURE) ? 0 : 3;
}
