/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_limits: under RLIMIT_AS and RLIMIT_DATA malloc gives a fair part of what
 * is allowed, then NULL and ENOMEM; the program lives on, and what it frees
 * serves again.
 *
 * "api_limits eat N" is the program that runs under limit N of the table. It
 * leaves with a number from enum outcome.
 */
#include "api.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum outcome {
	FINE,
	NO_LIMIT,     /* setrlimit failed */
	WRONG_ERRNO,  /* NULL came without ENOMEM */
	TOO_LITTLE,   /* less than LEAST MiB could be had */
	NEVER_NULL,   /* the limit was passed */
	NOT_REUSED,   /* freed memory did not serve again */
	DEAD_AFTER,   /* a small request failed after all was freed */
	NO_THREAD,    /* no room left for a thread's stack */
	NO_MAPPING,   /* no room left for the program's own mmap */
	REALLOC_LOST, /* a refused realloc damaged its block */
	NO_EXEC = 99,
};

enum door {
	DOOR_MALLOC,
	DOOR_CALLOC,
	DOOR_ALIGNED,
	DOOR_REALLOC,
};

struct link {
	struct link *next;
};

#define NEVER_MIB 600 /* well above every limit here */

static void *take(enum door door, size_t size)
{
	switch (door) {
	case DOOR_CALLOC:
		return calloc(1, size);
	case DOOR_ALIGNED:
		return aligned_alloc(256, size);
	case DOOR_REALLOC:
		return realloc(NULL, size);
	case DOOR_MALLOC:
		break;
	}
	return malloc(size);
}

/* Takes until refused; the bytes had, or SIZE_MAX when errno is wrong. */
static size_t eat_all(enum door door, size_t size)
{
	struct link *all = NULL;
	size_t had = 0;
	bool is_right;

	for (;;) {
		struct link *link;

		errno = 0;
		link = take(door, size);
		if (!link)
			break;
		((char *)link)[size - 1] = 1;
		link->next = all;
		all = link;
		had += size;
		if (had > NEVER_MIB * MIB)
			break;
	}
	is_right = all && (had > NEVER_MIB * MIB || errno == ENOMEM);
	while (all) {
		struct link *next = all->next;

		free(all);
		all = next;
	}
	return is_right || !had ? had : SIZE_MAX;
}

static enum outcome grow_until_refused(void)
{
	size_t size = 1000;
	unsigned char *p = malloc(size);

	if (!p)
		return DEAD_AFTER;
	for (;;) {
		unsigned char *q;

		api_fill(p, 1000, 7);
		errno = 0;
		q = realloc(p, 2 * size);
		if (!q)
			break;
		p = q;
		size *= 2;
		if (size > NEVER_MIB * MIB)
			return NEVER_NULL;
	}
	if (errno != ENOMEM)
		return WRONG_ERRNO;
	if (!api_is_filled(p, 1000, 7))
		return REALLOC_LOST;
	p[size - 1] = 1;
	free(p);
	return FINE;
}

static void *allocate_a_little(void *unused)
{
	void *p = malloc(1000);

	(void)unused;
	free(p);
	return p;
}

/* A heap that took the whole limit for itself leaves the program nothing. */
static enum outcome leaves_room(void)
{
	pthread_t thread;
	void *result = NULL;
	void *map = mmap(NULL, 16 * MIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return NO_MAPPING;
	munmap(map, 16 * MIB);
	if (pthread_create(&thread, NULL, allocate_a_little, NULL))
		return NO_THREAD;
	pthread_join(thread, &result);
	return result ? FINE : DEAD_AFTER;
}

static enum outcome eat(enum door door, size_t size, size_t least)
{
	enum outcome outcome = leaves_room();
	size_t first, second;
	void *p;

	if (outcome != FINE)
		return outcome;
	first = eat_all(door, size);
	if (first == SIZE_MAX)
		return WRONG_ERRNO;
	if (first > NEVER_MIB * MIB)
		return NEVER_NULL;
	if (first < least * MIB)
		return TOO_LITTLE;
	second = eat_all(door, size);
	if (second == SIZE_MAX)
		return WRONG_ERRNO;
	if (second < first / 10 * 8)
		return NOT_REUSED;
	p = malloc(100);
	if (!p)
		return DEAD_AFTER;
	free(p);
	return grow_until_refused();
}

struct limit {
	const char *name;
	int resource;
	size_t mib;
	bool is_later; /* set while the program runs, not before it starts */
	enum door door;
	size_t size;
	size_t least; /* MiB that must be had */
};

/*
 * Under RLIMIT_AS an address, once of one kind, is never of another, and the
 * program wants room too: a third of the limit is fair. RLIMIT_DATA does not
 * count reserved addresses: two thirds.
 */
static const struct limit limits[] = {
	{ "ulimit -v 200M, 1 MiB", RLIMIT_AS, 200, false, DOOR_MALLOC, MIB,
	  66 },
	{ "ulimit -v 200M, 64 B", RLIMIT_AS, 200, false, DOOR_MALLOC, 64, 66 },
	{ "ulimit -v 200M, 5000 B", RLIMIT_AS, 200, false, DOOR_CALLOC, 5000,
	  66 },
	{ "ulimit -v 200M, aligned", RLIMIT_AS, 200, false, DOOR_ALIGNED, 40000,
	  50 },
	{ "ulimit -v 64M", RLIMIT_AS, 64, false, DOOR_MALLOC, 1000, 20 },
	{ "ulimit -v 400M", RLIMIT_AS, 400, false, DOOR_CALLOC, 100000, 132 },
	{ "ulimit -d 200M, 1 MiB", RLIMIT_DATA, 200, false, DOOR_MALLOC, MIB,
	  132 },
	{ "ulimit -d 200M, 64 B", RLIMIT_DATA, 200, false, DOOR_MALLOC, 64,
	  132 },
	{ "ulimit -d 200M, realloc", RLIMIT_DATA, 200, false, DOOR_REALLOC,
	  3000, 132 },
	{ "ulimit -d 32M", RLIMIT_DATA, 32, false, DOOR_MALLOC, 500, 16 },
	{ "setrlimit data 200M later", RLIMIT_DATA, 200, true, DOOR_MALLOC,
	  20000, 132 },
	{ "setrlimit as 200M later", RLIMIT_AS, 200, true, DOOR_MALLOC, 20000,
	  33 },
	{ "setrlimit as 200M later, 64 B", RLIMIT_AS, 200, true, DOOR_MALLOC,
	  64, 33 },
};

static const struct limit *limit; /* what the child is to run */

static enum outcome set_limit(void)
{
	struct rlimit to = { limit->mib * MIB, limit->mib * MIB };

	return setrlimit(limit->resource, &to) ? NO_LIMIT : FINE;
}

static int run_eater(void)
{
	char number[24];

	snprintf(number, sizeof(number), "%td", limit - limits);
	/* The option for programs that lower RLIMIT_AS on their own way. */
	if (limit->is_later && limit->resource == RLIMIT_AS)
		setenv("TYPESLAB", "reserve=100M", 1);
	if (!limit->is_later && set_limit())
		return NO_LIMIT;
	execl("/proc/self/exe", "api_limits", "eat", number, NULL);
	return NO_EXEC;
}

static enum outcome be_eater(size_t number)
{
	limit = &limits[number];
	if (limit->is_later && set_limit())
		return NO_LIMIT;
	return eat(limit->door, limit->size, limit->least);
}

static void malloc_fails_kindly(void **state)
{
	limit = *state;
	api_needs("limits of memory");
	assert_int_equal(api_in_child(run_eater), FINE);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[API_ARRAY_SIZE(limits)];

	if (argc == 3 && !strcmp(argv[1], "eat"))
		return be_eater(strtoul(argv[2], NULL, 10));
	for (size_t i = 0; i < API_ARRAY_SIZE(limits); i++)
		tests[i] = (struct CMUnitTest){
			.name = limits[i].name,
			.test_func = malloc_fails_kindly,
			.initial_state = (void *)&limits[i],
		};
	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
