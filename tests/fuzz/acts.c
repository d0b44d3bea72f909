/* SPDX-License-Identifier: Apache-2.0 */
/* acts: see acts.h. */
#include "tests/fuzz/acts.h"

#include "base/align.h"
#include "heap/heap.h"
#include "tests/fuzz/asks.h"
#include "tests/fuzz/failing_os.h"
#include "tests/fuzz/model.h"
#include "tests/fuzz/rooms.h"
#include "tests/fuzz/trials.h"
#include "tests/fuzz/turns.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FORK_DEPTH_MAX 2
#define FORKS_MAX      4
#define LAST_WORDS     6
#define CHILD_BYTES    400 /* of the input, that a child reads on */

/* What the first byte chose; read by the heap when it boots. */
const char *typeslab_options;

static struct bytes bytes;
static struct acts_run current;
static uint64_t nr_steps;
static unsigned int fork_depth;
static unsigned int nr_forks;
static bool is_ending; /* a thread says its last words */

static void act_trim(struct bytes *unused)
{
	(void)unused;
	heap_trim();
}

static void act_pass(struct bytes *from)
{
	if (!is_ending)
		turns_pass(bytes_take(from) % NR_TURNS);
}

static void act_end(struct bytes *from)
{
	unsigned int who = bytes_take(from) % NR_TURNS;

	if (!is_ending)
		turns_end(who);
}

static void act_check(struct bytes *unused)
{
	(void)unused;
	model_check_blocks();
	rooms_check_sums();
}

static void act_fork(struct bytes *unused)
{
	(void)unused;
	if (is_ending || fork_depth == FORK_DEPTH_MAX || nr_forks == FORKS_MAX)
		return;
	nr_forks++;
	if (!trials_fork())
		return;
	fork_depth++;
	bytes.left = size_min(bytes.left, CHILD_BYTES);
}

static void act_interrupt(struct bytes *from)
{
	static trial_ask_t *const asks[] = {
		asks_alloc, asks_free,	     asks_alloc_many, asks_realloc,
		asks_free,  asks_alloc_many, asks_free_many,  asks_free,
	};

	/*
	 * A thread that ended borrows a heap for each call: its handler would
	 * borrow another, and wait for the lock of the first.
	 */
	if (!is_ending)
		trials_interrupt(from, asks[bytes_take(from) % 8]);
}

static void act_stop_failing(struct bytes *unused)
{
	(void)unused;
	trials_stop_failing();
}

static void act_free_all(struct bytes *unused)
{
	(void)unused;
	asks_free_all();
}

/* Of 256: how often each is meant. */
static const struct act {
	const char *name;
	void (*act)(struct bytes *bytes);
	unsigned int weight;
	bool is_trial;
} acts[] = {
	{ "alloc", asks_alloc, 85, false },
	{ "buffers", asks_buffers, 3, false },
	{ "free", asks_free, 62, false },
	{ "realloc", asks_realloc, 24, false },
	{ "alloc aligned", asks_alloc_aligned, 16, false },
	{ "free sized", asks_free_sized, 14, false },
	{ "alloc many", asks_alloc_many, 8, false },
	{ "free many", asks_free_many, 10, false },
	{ "pass the turn", act_pass, 10, false },
	{ "impossible", asks_impossible, 3, false },
	{ "check", act_check, 5, false },
	{ "trim", act_trim, 4, false },
	{ "end a thread", act_end, 2, false },
	{ "fail", trials_fail, 2, true },
	{ "fail no more", act_stop_failing, 3, true },
	{ "free all", act_free_all, 1, false },
	{ "misuse", trials_misuse, 1, true },
	{ "fork", act_fork, 1, true },
	{ "interrupt", act_interrupt, 1, true },
	{ "orphan", trials_orphan, 1, true },
};

static const struct act *act_of(unsigned int byte)
{
	const struct act *act = acts;

	while (byte >= act->weight) {
		byte -= act->weight;
		act++;
	}
	return act;
}

/* FUZZ_TRACE=1 tells each operation before it is done. */
static void trace(const struct act *act)
{
	static int wanted = -1;

	if (wanted < 0)
		wanted = getenv("FUZZ_TRACE") != NULL;
	if (wanted)
		dprintf(2, "%d thread %u step %lu: %s, last bin %#x\n",
			getpid(), turns_current(), nr_steps, act->name,
			asks_last_bin());
}

static void step(void)
{
	const struct act *act = act_of(bytes_take(&bytes));

	if (current.is_plain && act->is_trial)
		return;
	trace(act);
	act->act(&bytes);
	*current.nr_calls += asks_count_calls();
	if (++nr_steps % current.stride == 0 || model_loss() == LOSS_NOW)
		rooms_check();
	else
		rooms_check_bin(asks_last_bin());
}

/* Everything is given back, and is there. */
static void end_well(void)
{
	trials_stop_failing();
	model_check_blocks();
	asks_free_all();
	rooms_check();
	rooms_check_sums();
	heap_trim();
	rooms_check();
}

static void run(void)
{
	while (bytes.left && !turns_is_over())
		step();
	if (!fork_depth || turns_is_over())
		return;
	end_well();
	_exit(0);
}

static void say_last_words(void)
{
	is_ending = true;
	for (int i = 0; i < LAST_WORDS && bytes.left; i++)
		step();
	is_ending = false;
}

static void choose_options(unsigned int byte)
{
	static const char *const modes[] = { "typed", "typed", "random",
					     "none" };
	static const char *const counts[] = {
		"data=8,pointer=8,unknown=16",
		"data=1,pointer=1,unknown=1",
		"data=3,pointer=2,unknown=5",
		"data=64,pointer=64,unknown=64",
	};
	static const char *const profiles[] = { "default", "compat", "default",
						"hardened" };
	static char options[128];

	snprintf(options, sizeof(options), "mode=%s,%s,profile=%s,reserve=64G",
		 modes[byte & 3], counts[byte >> 2 & 3],
		 profiles[byte >> 4 & 3]);
	typeslab_options = options;
}

static bool boot(unsigned int byte)
{
	static bool is_booted;

	if (!is_booted)
		choose_options(byte);
	is_booted = true;
	return heap_boot();
}

bool acts_do(const struct acts_run *of)
{
	static const struct turns_work work = { run, say_last_words };

	current = *of;
	bytes.at = of->data;
	bytes.left = of->size;
	nr_forks = 0;
	turns_begin(&work);
	if (!boot(bytes_take(&bytes))) {
		if (!asks_allow_null(true))
			model_fail("no heap");
		return false;
	}
	run();
	trials_stop_failing();
	turns_finish();
	end_well();
	return true;
}
