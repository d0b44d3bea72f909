/* SPDX-License-Identifier: Apache-2.0 */
/* trials: see trials.h. */
#define _GNU_SOURCE
#include "tests/fuzz/trials.h"

#include "heap/fork.h"
#include "libc/doors.h"
#include "tests/fuzz/asks.h"
#include "tests/fuzz/failing_os.h"
#include "tests/fuzz/model.h"
#include "tests/fuzz/rooms.h"
#include "tests/fuzz/turns.h"
#include "tests/fuzz/twin.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_SECONDS 60

void trials_fail(struct bytes *bytes)
{
	unsigned int what = bytes_take(bytes);
	unsigned int first = bytes_take(bytes) % 16 + 1;
	uint64_t many = what & 8 ? 1 + what / 64 : ~0ul;

	failing_os_plan(what & CALLS_ALL, first, many,
			what & 16 ? EPERM : ENOMEM);
	asks_allow_null(true);
}

void trials_stop_failing(void)
{
	failing_os_stop();
	asks_allow_null(false);
}

/* The lock a bin's cache, its partition or the region has. */
static struct lock *pick_lock(unsigned int which)
{
	unsigned int row = which / 4 % layout.nr_rows;
	uint32_t bin = asks_last_bin();

	switch (which % 4) {
	case 0:
		return &region.lock;
	case 1:
		return &layout.partitions[row].lock;
	case 2:
		return &layout.partitions[row_of_bin(bin)].lock;
	default:
		return &cache_of_bin(bin)->lock;
	}
}

void trials_interrupt(struct bytes *bytes, trial_ask_t *ask)
{
	struct lock *lock = pick_lock(bytes_take(bytes));
	struct heap *heap = thread_enter();
	bool was_allowed;

	if (!heap)
		return;
	rooms_check();
	model_lose(LOSS_NOW);
	was_allowed = asks_allow_null(true);
	lock->word = thread_tag(heap);
	ask(bytes);
	lock->word = 0;
	asks_allow_null(was_allowed);
	thread_leave(heap);
}

void trials_orphan(struct bytes *bytes)
{
	struct lock *lock = pick_lock(bytes_take(bytes));
	uint32_t generation = fork_generation();

	/* Only a child has a parent whose threads it lacks. */
	if (generation < 2)
		return;
	model_lose(LOSS_FOR_GOOD);
	lock->word = lock_tag(LOCK_ID_MAX, generation - 1);
}

/* An address that begins no live block. */
static const void *pick_wrong(unsigned int which, const void *on_stack)
{
	static int global;
	unsigned int nr = model_nr_blocks();
	const struct model_block *block =
		nr ? model_block(which / 8 % nr) : NULL;

	switch (which % 8) {
	case 0:
		return on_stack;
	case 1:
		return &global;
	case 2:
		return region.base + (size_t)which * BLOCK_SIZE;
	case 3:
		return block ? block->p + 1 : NULL;
	case 4:
		return block ? block->p + 16 : NULL;
	case 5:
		return block ? block->p + block->usable - 1 : NULL;
	default:
		return asks_freed(which / 4);
	}
}

static void misuse(unsigned int how, const void *p)
{
	void *q = (void *)(uintptr_t)p;
	bool is_changed = false;

	if (how % 4 == 0)
		is_changed = heap_realloc(q, 100, 0, twin_site(0)) != NULL;
	else if (how % 4 == 1)
		is_changed = heap_usable_size(q, ACT_SIZE_QUERY) != 0;
	else
		heap_free(q);
	if (is_changed)
		model_fail("misuse of %p was obeyed", p);
}

static void misuse_size(unsigned int how, const struct model_block *block)
{
	size_t size = block->usable < 4096 ? block->usable * 3 : 16;

	(void)how;
	heap_free_sized(block->p, size, 0);
}

static void be_silent(void)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, 2);
	signal(SIGABRT, SIG_DFL);
	alarm(CHILD_SECONDS);
}

static void commit(unsigned int how, const void *wrong)
{
	if (how % 4 == 3 && model_nr_blocks())
		misuse_size(how, model_block(how / 4 % model_nr_blocks()));
	else
		misuse(how, wrong);
}

void trials_misuse(struct bytes *bytes)
{
	unsigned int how = bytes_take(bytes);
	const void *wrong = pick_wrong(bytes_take(bytes), &how);
	int status = 0;
	pid_t pid;

	if (!wrong || model_find(wrong, false))
		return;
	if (layout.options.profile == PROFILE_COMPAT)
		return commit(how, wrong);
	pid = fork();
	if (!pid) {
		be_silent();
		commit(how, wrong);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		model_fail("no child");
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
		model_fail("misuse %u of %p: status %#x", how, wrong,
			   (unsigned int)status);
}

bool trials_fork(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		alarm(CHILD_SECONDS);
		turns_forget_others();
		return true;
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		model_fail("no child");
	if (status)
		model_fail("a child ended with %#x", (unsigned int)status);
	return false;
}
