/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads: four threads allocate, fill and free; then one block is freed twice
 * if there is an argument. Nothing but the C library: it runs on any platform.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_THREADS 4
#define NR_LIVE	   1000
#define NR_ROUNDS  100000
#define SIZE_MOST  5000u

struct block {
	unsigned char *bytes;
	size_t size;
};

static void give(struct block *block)
{
	for (size_t i = 0; i < block->size; i++) {
		if (block->bytes[i] != (unsigned char)block->size) {
			puts("a byte has changed");
			abort();
		}
	}
	free(block->bytes);
}

static void *work(void *seed)
{
	unsigned int state = (unsigned int)(uintptr_t)seed;
	struct block live[NR_LIVE] = { { NULL, 0 } };

	for (int i = 0; i < NR_ROUNDS; i++) {
		struct block *block = &live[(unsigned)rand_r(&state) % NR_LIVE];

		give(block);
		block->size = (unsigned)rand_r(&state) % SIZE_MOST;
		block->bytes = malloc(block->size);
		memset(block->bytes, (unsigned char)block->size, block->size);
	}
	for (int i = 0; i < NR_LIVE; i++)
		give(&live[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[NR_THREADS];
	char *said;

	(void)argv;
	for (uintptr_t i = 0; i < NR_THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)(i + 1));
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	said = strdup("hello");
	puts(said);
	fflush(stdout);
	free(said);
	if (argc > 1)
		free(said);
	return 0;
}
