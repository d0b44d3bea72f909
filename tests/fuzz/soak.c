/* SPDX-License-Identifier: Apache-2.0 */
/*
 * soak: random operations on the heap, against the model, in great number.
 *
 * Usage: soak [OPERATIONS [SEED [LIFE]]]
 *
 * A life is a process that begins with a fresh heap, options of its own and
 * a million operations; all of it follows from the seed and the
 * number of the life. The first that fails ends the run, and the last line
 * says how to live it again; FUZZ_TRACE=1 then tells each operation.
 */
#include "tests/fuzz/acts.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/failing_os.h"
#include "tests/fuzz/words.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIFE_CALLS   1000000ul
#define INPUT_SIZE   16384
#define CHECK_STRIDE 512
#define LIFE_SECONDS 900 /* who takes longer hangs */
#define LINE_SECONDS 10

/* Shared with every child, and theirs. */
static uint64_t *nr_calls;

static void live(uint64_t seed, uint64_t life, uint64_t until)
{
	static uint8_t input[INPUT_SIZE];
	uint64_t state = seed ^ bytes_mix(&(uint64_t){ life });
	struct acts_run run = {
		.data = input,
		.size = sizeof(input),
		.stride = CHECK_STRIDE,
		.nr_calls = nr_calls,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(LIFE_SECONDS);
	failing_os_seed(bytes_mix(&state));
	words_keep();
	do {
		for (size_t i = 0; i < sizeof(input); i++)
			input[i] = (uint8_t)bytes_mix(&state);
		/* Read by the first run: each mode in turn, all in 64 lives. */
		input[0] = (uint8_t)(life * 5);
		acts_do(&run);
	} while (*nr_calls < until);
	_exit(0);
}

static bool survive(uint64_t seed, uint64_t life, uint64_t until)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		live(seed, life, until);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(2);
	if (status)
		words_show(status);
	return !status;
}

static uint64_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

static uint64_t new_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = seconds();
	return seed >> 16;
}

static void tell(uint64_t wanted, uint64_t nr_lives, uint64_t begin)
{
	static uint64_t told;
	uint64_t now = seconds();

	if (now - told < LINE_SECONDS)
		return;
	if (told)
		printf("soak: %" PRIu64 " of %" PRIu64 " million, %" PRIu64
		       " lives, %" PRIu64 " s\n",
		       *nr_calls / 1000000, wanted / 1000000, nr_lives,
		       now - begin);
	told = now;
}

/* The number of the life after the last; all were survived, or it exits. */
static uint64_t live_on(uint64_t wanted, uint64_t seed, uint64_t life)
{
	uint64_t length = wanted < 8 * LIFE_CALLS ? wanted / 8 : LIFE_CALLS;
	uint64_t begin = seconds(), first = life;

	for (; *nr_calls < wanted; life++) {
		uint64_t until = *nr_calls + length;

		if (!survive(seed, life, until < wanted ? until : wanted)) {
			printf("soak: failed; again: soak %lu %" PRIu64
			       " %" PRIu64 "\n",
			       8 * LIFE_CALLS, seed, life);
			exit(1);
		}
		tell(wanted, life + 1 - first, begin);
	}
	return life;
}

int main(int argc, char **argv)
{
	uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 0) : 100000000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : new_seed();
	uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	uint64_t end;

	nr_calls = mmap(NULL, sizeof(*nr_calls), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (nr_calls == MAP_FAILED)
		return 2;
	words_open();
	printf("soak: seed %" PRIu64 ", %" PRIu64 " operations\n", seed,
	       wanted);
	end = live_on(wanted, seed, first);
	printf("soak: %" PRIu64 " operations, seed %" PRIu64 ", lives %" PRIu64
	       " to %" PRIu64 ": clean\n",
	       *nr_calls, seed, first, end - 1);
	return 0;
}
