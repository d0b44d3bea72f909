/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault_test: system calls of the heap that fail, one after another.
 *
 * Usage: fault_test [STEP [SEED]]
 *
 * A run of operations is repeated, each time in a new process, with the n-th
 * call of mmap, mprotect, madvise or any of them failing, alone or with all
 * after it, with ENOMEM or EPERM; from the first call, that is the boot, to
 * the last. NULL and ENOMEM are answers then, nothing else is; afterwards the
 * counts of all rooms agree with the model. STEP: the gap from n to n once it
 * has passed 12; 1 tries all.
 */
#include "tests/fuzz/acts.h"
#include "tests/fuzz/asks.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/failing_os.h"
#include "tests/fuzz/model.h"
#include "tests/fuzz/words.h"

#include "heap/heap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUT_SIZE 6000
#define ALL_TRIED  3 /* exit status: the run ended before the n-th call */

static uint64_t seed;

struct plan {
	const char *name;
	unsigned int mask;
	uint64_t many;
	int error;
};

static const struct plan plans[] = {
	{ "one mmap", 1u << CALL_MMAP, 1, ENOMEM },
	{ "mmap from there", 1u << CALL_MMAP, ~0ul, ENOMEM },
	{ "one mprotect", 1u << CALL_MPROTECT, 1, ENOMEM },
	{ "mprotect from there", 1u << CALL_MPROTECT, ~0ul, ENOMEM },
	{ "mprotect refused", 1u << CALL_MPROTECT, ~0ul, EPERM },
	{ "madvise refused", 1u << CALL_MADVISE, ~0ul, EPERM },
	{ "one call", CALLS_ALL, 1, ENOMEM },
	{ "all from there", CALLS_ALL, ~0ul, ENOMEM },
	{ "all refused", CALLS_ALL, ~0ul, EPERM },
};

/* Without a heap there is no memory, and no more than that. */
static void live_without_heap(void)
{
	errno = 0;
	if (heap_alloc(100, 0, 1) || errno != ENOMEM)
		model_fail("no heap, errno %d", errno);
	heap_free(NULL);
}

static void run(const struct plan *plan, uint64_t n)
{
	static uint8_t input[INPUT_SIZE];
	uint64_t state = seed;
	uint64_t nr_calls = 0;
	struct acts_run acts = {
		.data = input,
		.size = sizeof(input),
		.stride = 16,
		.is_plain = true,
		.nr_calls = &nr_calls,
	};

	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (uint8_t)bytes_mix(&state);
	input[0] = (uint8_t)(4 * (n % 3)); /* typed; few rows or more */
	alarm(60);
	words_keep();
	failing_os_seed(seed);
	failing_os_plan(plan->mask, n, plan->many, plan->error);
	asks_allow_null(true);
	if (!acts_do(&acts))
		live_without_heap();
	_exit(failing_os_failures() ? 0 : ALL_TRIED);
}

static int run_in_child(const struct plan *plan, uint64_t n)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		run(plan, n);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(2);
	return status;
}

/* How many were tried; 0: one failed. */
static uint64_t try_all(const struct plan *plan, uint64_t gap)
{
	uint64_t nr = 0;

	for (uint64_t n = 1;; n += n < 12 ? 1 : gap) {
		int status = run_in_child(plan, n);

		if (status == ALL_TRIED << 8)
			return nr;
		if (status) {
			words_show(status);
			printf("# %s, n = %" PRIu64
			       ": status %#x, seed %" PRIu64 "\n",
			       plan->name, n, (unsigned int)status, seed);
			return 0;
		}
		nr++;
	}
}

int main(int argc, char **argv)
{
	uint64_t gap = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	const unsigned int nr_plans = sizeof(plans) / sizeof(plans[0]);
	bool is_good = true;

	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)getpid();
	printf("# seed %" PRIu64 "\n", seed);
	words_open();
	for (unsigned int i = 0; i < nr_plans; i++) {
		uint64_t nr = try_all(&plans[i], gap ? gap : 1);

		printf("%s %u - %s # %" PRIu64 " times\n", nr ? "ok" : "not ok",
		       i + 1, plans[i].name, nr);
		is_good &= nr > 0;
	}
	printf("1..%u\n", nr_plans);
	return !is_good;
}
