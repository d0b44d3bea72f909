/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include "heap/fork.h"
#include "os/os.h"

#include <pthread.h>
#include <sys/wait.h>

static void *ask(void *unused)
{
	(void)unused;
	return (void *)(uintptr_t)fork_generation();
}

#define NR_THREADS 8

/* All threads at once, none of which asked before: one answer. */
static uint32_t ask_many(void)
{
	pthread_t threads[NR_THREADS];
	void *answers[NR_THREADS];

	for (int i = 0; i < NR_THREADS; i++)
		unit_must(!pthread_create(&threads[i], NULL, ask, NULL));
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], &answers[i]);
	for (int i = 1; i < NR_THREADS; i++)
		unit_must(answers[i] == answers[0]);
	unit_must((uintptr_t)answers[0] == fork_generation());
	return fork_generation();
}

static void test_same_process(void **state)
{
	uint32_t generation = fork_generation();

	(void)state;
	assert_int_not_equal(generation, 0);
	assert_int_equal(ask_many(), generation);
	assert_int_equal(fork_generation(), generation);
}

static void run_grandchild(void *parents)
{
	unit_must(fork_generation() != ((uint32_t *)parents)[0]);
	unit_must(fork_generation() != ((uint32_t *)parents)[1]);
	unit_must(ask_many() == fork_generation());
}

static void run_child(void *parent)
{
	uint32_t known[2] = { *(uint32_t *)parent, ask_many() };

	unit_must(known[1] != known[0]);
	unit_run_well(run_grandchild, known);
	unit_must(fork_generation() == known[1]);
}

static void test_children(void **state)
{
	uint32_t generation = fork_generation();

	(void)state;
	unit_needs("pages that are wiped in children");
	for (int i = 0; i < 20; i++) {
		unit_run_well(run_child, &generation);
		assert_int_equal(fork_generation(), generation);
	}
}

/* A child that never asked before it forks again. */
static void run_silent_child(void *parent)
{
	unit_run_well(run_child, parent);
}

static void test_silent_child(void **state)
{
	uint32_t generation = fork_generation();

	(void)state;
	unit_needs("pages that are wiped in children");
	unit_run_well(run_silent_child, &generation);
}

/* It shares our memory: it is no child of that kind. */
static void test_vfork(void **state)
{
	uint32_t generation = fork_generation();
	int status;
	pid_t pid;

	(void)state;
	/* It makes a fork of it. */
	if (UNIT_HAS_TSAN) {
		print_message("# left out: vfork: it is a fork under TSan\n");
		return;
	}
	pid = vfork();
	if (!pid)
		_exit(fork_generation() == generation ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(fork_generation(), generation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_process),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_silent_child),
		cmocka_unit_test(test_vfork),
	};

	os_init();
	fork_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
