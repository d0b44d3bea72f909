/* SPDX-License-Identifier: Apache-2.0 */
/*
 * race: two threads give one block back at the same instant; speaks TAP.
 *
 * Usage: race [ROUNDS]
 *
 * Each round is a process of its own, which must die of SIGABRT with a line
 * about that block: all rounds, not most. Under the profile compat, which
 * warns once of each kind, one process does many rounds: nobody may be handed
 * a block that somebody else has, though both gave the same one back.
 */
#define _GNU_SOURCE
#include "fault.h"

#include <err.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void free_sized(void *p, size_t size);

static void by_free(void *p, size_t size)
{
	(void)size;
	free(p);
}

static void by_free_sized(void *p, size_t size)
{
	free_sized(p, size);
}

/* Grows by so much that it has to move. */
static void by_realloc(void *p, size_t size)
{
	free(hide(realloc(p, 3 * size + 5000)));
}

/* Stays where it is, if it is large, and is given back then. */
static void by_shrinking(void *p, size_t size)
{
	free(hide(realloc(p, size / 2)));
}

typedef void give_fn(void *p, size_t size);

static const struct race {
	const char *name;
	size_t size;
	give_fn *give[2];
} races[] = {
	{ "free, free", 100, { by_free, by_free } },
	{ "free, free: tiny", 1, { by_free, by_free } },
	{ "free, free: page", 4096, { by_free, by_free } },
	{ "free, free: medium", 100000, { by_free, by_free } },
	{ "free, free: large", (size_t)2 << 20, { by_free, by_free } },
	{ "free, free_sized", 100, { by_free, by_free_sized } },
	{ "free, realloc", 100, { by_free, by_realloc } },
	{ "realloc, realloc", 100, { by_realloc, by_realloc } },
	{ "realloc, realloc: large",
	  (size_t)2 << 20,
	  { by_realloc, by_realloc } },
	{ "free, shrink: large", (size_t)2 << 20, { by_free, by_shrinking } },
	{ "shrink, shrink: large",
	  (size_t)2 << 20,
	  { by_shrinking, by_shrinking } },
};

#define NR_RACES (sizeof(races) / sizeof(races[0]))

/* Round n of a race begins for a runner when its number appears here. */
static atomic_uint started, ready, given;

struct runner {
	const struct race *race;
	unsigned int number;
	unsigned int nr_rounds;
	void *_Atomic *block;
};

/*
 * Yielding brings both to the line, spinning lets them go together. The start
 * is moved a little from round to round, to and fro, for nobody knows which
 * distance hits.
 */
static atomic_uint on_line;
static unsigned int first_round;

static void await_start(unsigned int runner, unsigned int round)
{
	unsigned int sweep = (first_round + round) % 64;
	unsigned int steps = runner == sweep % 2 ? sweep / 2 : 0;

	while (atomic_load(&started) < round)
		sched_yield();
	atomic_fetch_add(&on_line, 1);
	for (int i = 0; i < 3000000 && atomic_load(&on_line) < 2 * round; i++)
		;
	for (volatile unsigned int i = 0; i < steps; i++)
		;
}

/* The first calls of a thread bind symbols and make its heap. */
static void warm_up(const struct race *race)
{
	for (int i = 0; i < 2; i++)
		race->give[i](fault_malloc(race->size), race->size);
}

/* What each got right after giving back. */
static void *taken[2];

static void *run(void *arg)
{
	const struct runner *me = arg;

	warm_up(me->race);
	for (unsigned int round = 1; round <= me->nr_rounds; round++) {
		atomic_fetch_add(&ready, 1);
		await_start(me->number, round);
		me->race->give[me->number](atomic_load(me->block),
					   me->race->size);
		/* Only when both have given may it be somebody's again. */
		atomic_fetch_add(&given, 1);
		while (atomic_load(&given) < 2 * round)
			sched_yield();
		taken[me->number] = fault_malloc(me->race->size);
	}
	atomic_fetch_add(&ready, 1);
	return NULL;
}

static void give_taken_back(const struct race *race)
{
	uintptr_t first = (uintptr_t)taken[0], second = (uintptr_t)taken[1];

	if (first < second + race->size && second < first + race->size)
		_exit(91);
	free(taken[0]);
	free(taken[1]);
}

static void run_rounds(const struct race *race, unsigned int nr_rounds)
{
	static void *_Atomic block;
	struct runner runner[2];
	pthread_t thread[2];

	for (unsigned int i = 0; i < 2; i++) {
		runner[i] = (struct runner){ race, i, nr_rounds, &block };
		if (pthread_create(&thread[i], NULL, run, &runner[i]))
			_exit(90);
	}
	for (unsigned int round = 1; round <= nr_rounds; round++) {
		while (atomic_load(&ready) != 2 * round)
			sched_yield();
		if (round > 1)
			give_taken_back(race);
		atomic_store(&block, fault_malloc(race->size));
		dprintf(1, "%#" PRIxPTR "\n", (uintptr_t)block);
		atomic_store(&started, round);
	}
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	give_taken_back(race);
}

static int memory_file(void)
{
	int fd = memfd_create("race", 0);

	if (fd < 0)
		err(1, "memfd_create");
	return fd;
}

static FILE *rewound(int fd)
{
	FILE *file;

	if (lseek(fd, 0, SEEK_SET) < 0 || !(file = fdopen(fd, "r")))
		err(1, "memory file");
	return file;
}

/* Runs the rounds in a child; its outputs are in the files afterwards. */
static int run_child(const struct race *race, unsigned int nr_rounds, int out,
		     int error)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		if (dup2(out, 1) < 0 || dup2(error, 2) < 0)
			_exit(89);
		alarm(60);
		run_rounds(race, nr_rounds);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return status;
}

/* A double free or a realloc of what was freed, of that block. */
static bool is_report(const char *line, const char *address)
{
	static const char *const word[] = { "double free", "freed realloc" };
	char start[128];

	for (int i = 0; i < 2; i++) {
		snprintf(start, sizeof(start), "typeslab: %s: %.*s (", word[i],
			 (int)strcspn(address, "\n"), address);
		if (!strncmp(line, start, strlen(start)))
			return true;
	}
	return false;
}

static bool dies_at_once(const struct race *race)
{
	int out = memory_file(), error = memory_file();
	int status = run_child(race, 1, out, error);
	FILE *said = rewound(out), *report = rewound(error);
	char address[64] = "", line[256] = "";
	bool is_good;

	if (!fgets(address, sizeof(address), said) ||
	    !fgets(line, sizeof(line), report))
		line[0] = '\0';
	is_good = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
		  is_report(line, address);
	if (!is_good)
		printf("# status %#x, block %s# line %s\n", status, address,
		       line);
	fclose(said);
	fclose(report);
	return is_good;
}

static bool survives(const struct race *race, unsigned int nr_rounds)
{
	int out = memory_file(), error = memory_file();
	int status = run_child(race, nr_rounds, out, error);
	FILE *said = rewound(out), *report = rewound(error);
	char address[64] = "", line[256] = "";
	bool is_good = !status && fgets(address, sizeof(address), said) &&
		       fgets(line, sizeof(line), report) &&
		       is_report(line, address);

	if (!is_good)
		printf("# status %#x, block %s# line %s\n", status, address,
		       line);
	fclose(said);
	fclose(report);
	return is_good;
}

int main(int argc, char **argv)
{
	const char *options = getenv("TYPESLAB");
	bool is_compat = options && strstr(options, "profile=compat");
	unsigned int nr_rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : 100;
	int failures = 0;

	printf("1..%zu\n", NR_RACES);
	for (size_t i = 0; i < NR_RACES; i++) {
		unsigned int good = 0;

		fflush(stdout);
		if (is_compat)
			good = survives(&races[i], nr_rounds) * nr_rounds;
		else
			while (good < nr_rounds && dies_at_once(&races[i]))
				first_round = ++good;
		printf("%sok %zu - %s: %u of %u rounds\n",
		       good == nr_rounds ? "" : "not ", i + 1, races[i].name,
		       good, nr_rounds);
		failures += good != nr_rounds;
	}
	return failures != 0;
}
