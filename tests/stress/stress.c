/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define DATA_TOKENS    UINT64_C(0x1000000000000000)
#define POINTER_TOKENS UINT64_C(0x9000000000000000)

/* Of a large block, this much at each end and a byte a page are looked at. */
#define EDGE ((size_t)4096)

/* Without the library the token is for nothing, and the test still a test. */
extern void *__alloc_token_malloc(size_t size, size_t token)
	__attribute__((weak));

uint64_t stress_seed(const char *argument)
{
	uint64_t seed;

	/*
	 * Where the heap is the process's, pthread_create() allocates before
	 * there is a second thread; where a sanitizer owns malloc, we do.
	 */
	free(malloc(1));
	if (!argument)
		argument = getenv("STRESS_SEED");
	if (argument)
		seed = strtoull(argument, NULL, 0);
	else if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)getpid();
	dprintf(1, "seed %" PRIu64 "\n", seed);
	return seed;
}

void stress_fail(const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dprintf(2, "%s\n", line);
	_exit(1);
}

void stress_watchdog(unsigned int seconds)
{
	static unsigned int patience;
	const char *asked;

	/* Asked by main(): a handler's child may not. */
	if (!patience) {
		asked = getenv("STRESS_PATIENCE");
		patience = asked ? (unsigned int)atoi(asked) : 1;
	}
	alarm(seconds * patience);
}

void stress_random_init(struct stress_random *random, uint64_t seed)
{
	random->state = seed;
}

/* splitmix64: any seed will do, neighbours give unlike rows. */
uint64_t stress_random_next(struct stress_random *random)
{
	uint64_t x = random->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

size_t stress_size(struct stress_random *random)
{
	switch (stress_below(random, 256)) {
	case 0:
		return stress_below(random, (size_t)3 << 20);
	case 1 ... 7:
		return stress_below(random, 200000);
	case 8 ... 40:
		return stress_below(random, 9000);
	default:
		return stress_below(random, 600);
	}
}

static unsigned char byte_at(const struct stress_block *block, size_t i)
{
	uint64_t x = (block->key + i / 8) * UINT64_C(0x9e3779b97f4a7c15);

	return (unsigned char)(x >> (8 + i % 8 * 6));
}

/* Which byte comes after @i in filling and checking: edges, then a page on. */
static size_t next_byte(size_t i, size_t size)
{
	if (i < EDGE || i + EDGE >= size)
		return i + 1;
	return i + EDGE < size - EDGE ? i + EDGE : size - EDGE;
}

static void fill(struct stress_block *block, struct stress_random *random)
{
	block->key = stress_random_next(random);
	for (size_t i = 0; i < block->size; i = next_byte(i, block->size))
		block->p[i] = byte_at(block, i);
}

void stress_block_check(const struct stress_block *block)
{
	for (size_t i = 0; i < block->size; i = next_byte(i, block->size))
		if (block->p[i] != byte_at(block, i))
			stress_fail("block %p of %zu bytes: byte %zu is %#x",
				    (void *)block->p, block->size, i,
				    block->p[i]);
}

static void *make_zeroed(size_t size)
{
	unsigned char *p = calloc(1, size);

	for (size_t i = 0; p && i < size; i = next_byte(i, size))
		if (p[i])
			stress_fail("calloc %zu: byte %zu is %#x", size, i,
				    p[i]);
	return p;
}

static void *make_aligned(size_t size, struct stress_random *random)
{
	size_t align = (size_t)16 << stress_below(random, 9);
	void *p = aligned_alloc(align, size);

	if ((uintptr_t)p % align)
		stress_fail("aligned_alloc(%zu, %zu): %p", align, size, p);
	return p;
}

static void *make_typed(size_t size, struct stress_random *random)
{
	size_t token = stress_below(random, 40);

	if (!__alloc_token_malloc)
		return malloc(size);
	token = token * 0x123456789abc + 0x1234567;
	token |= stress_below(random, 2) ? DATA_TOKENS : POINTER_TOKENS;
	return __alloc_token_malloc(size, token);
}

bool stress_block_make(struct stress_block *block, struct stress_random *random)
{
	size_t size = stress_size(random);
	void *p;

	switch (stress_below(random, 8)) {
	case 0:
		p = make_zeroed(size);
		break;
	case 1:
		p = make_aligned(size, random);
		break;
	case 2 ... 4:
		p = make_typed(size, random);
		break;
	default:
		p = malloc(size);
	}
	if (!p) {
		if (errno != ENOMEM)
			stress_fail("no memory, but errno %d", errno);
		return false;
	}
	*block = (struct stress_block){ .p = p, .size = size };
	fill(block, random);
	return true;
}

bool stress_block_resize(struct stress_block *block,
			 struct stress_random *random)
{
	struct stress_block kept = *block;
	size_t size = stress_size(random) + 1;
	void *p = realloc(block->p, size);

	if (!p) {
		if (errno != ENOMEM)
			stress_fail("no memory, but errno %d", errno);
		return false;
	}
	block->p = p;
	block->size = size;
	/* The edges of the old block are where it was filled byte by byte. */
	kept.p = p;
	for (size_t i = 0; i < kept.size && i < size;
	     i = next_byte(i, kept.size))
		if (kept.p[i] != byte_at(&kept, i))
			stress_fail("realloc %zu to %zu: byte %zu is %#x",
				    kept.size, size, i, kept.p[i]);
	fill(block, random);
	return true;
}

void stress_block_free(struct stress_block *block)
{
	if (block->p)
		stress_block_check(block);
	free(block->p);
	*block = (struct stress_block){ 0 };
}
