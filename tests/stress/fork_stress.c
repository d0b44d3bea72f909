/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork_stress: fork in the middle of everything.
 *
 * Usage: fork_stress CASE [SEED [FORKS]]
 *
 * threads:  other threads allocate all the time; the child allocates at
 *           once, frees what the parent made, forks again, and exits.
 * exec:     the same, the child becomes another program.
 * signal:   a signal handler forks; it may have interrupted malloc. Parent
 *           and child come back from the handler and carry on.
 * stdio:    another thread allocates under stdio's locks, which fork takes.
 * quiet:    _Fork, which runs no handlers, while other threads allocate.
 *
 * A child that hangs is killed by its own alarm, and that fails the test.
 */
#define _GNU_SOURCE
#include "stress.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR_THREADS    3
#define NR_BLOCKS     120
#define CHILD_SECONDS 60

static struct stress_random main_random;
static struct stress_block blocks[NR_BLOCKS];
static atomic_bool is_over;

static void make_all(struct stress_block *block, struct stress_random *random)
{
	for (int i = 0; i < NR_BLOCKS; i++)
		if (!stress_block_make(&block[i], random))
			stress_fail("out of memory");
}

static void free_all(struct stress_block *block)
{
	for (int i = 0; i < NR_BLOCKS; i++)
		stress_block_free(&block[i]);
}

/* One block of random age is renewed. */
static void renew(struct stress_block *block, struct stress_random *random)
{
	size_t i = stress_below(random, NR_BLOCKS);

	stress_block_free(&block[i]);
	if (!stress_block_make(&block[i], random))
		stress_fail("out of memory");
}

static void *allocate_on_and_on(void *arg)
{
	static _Thread_local struct stress_block own[NR_BLOCKS];
	struct stress_random random;

	stress_random_init(&random, (uint64_t)(size_t)arg);
	make_all(own, &random);
	while (!atomic_load(&is_over))
		renew(own, &random);
	free_all(own);
	return NULL;
}

static ssize_t allocating_write(void *cookie, const char *text, size_t len)
{
	(void)cookie;
	(void)text;
	for (int i = 0; i < 20; i++) {
		void *p = malloc(len + (size_t)i * 50);

		if (!p)
			stress_fail("out of memory");
		free(p);
	}
	return (ssize_t)len;
}

/* Holds stdio's list lock and a file's lock while it allocates. */
static void *allocate_in_stdio(void *arg)
{
	cookie_io_functions_t functions = { .write = allocating_write };
	FILE *file = fopencookie(NULL, "w", functions);

	if (!file)
		stress_fail("fopencookie");
	while (!atomic_load(&is_over)) {
		FILE *other = fopen("/dev/null", "w");

		fprintf(file, "%0100d", 7);
		fflush(NULL);
		if (other)
			fclose(other);
	}
	fclose(file);
	return arg;
}

/* What a child may want of the heap, at once and for a while. */
static void live_in_child(void)
{
	struct stress_block *own;

	stress_watchdog(CHILD_SECONDS);
	own = calloc(NR_BLOCKS, sizeof(*own));
	if (!own)
		stress_fail("no memory in the child");
	make_all(own, &main_random);
	free_all(blocks);
	free_all(own);
	make_all(blocks, &main_random);
	free(own);
}

static void await(pid_t pid)
{
	int status;

	if (pid < 0)
		stress_fail("fork");
	if (waitpid(pid, &status, 0) != pid)
		stress_fail("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		stress_fail("the child hung");
	if (status)
		stress_fail("the child ended with %#x", status);
}

static void fork_once(void)
{
	pid_t pid;

	renew(blocks, &main_random);
	pid = fork();
	if (!pid) {
		live_in_child();
		/* A child of the child, which has threads no more. */
		if (stress_below(&main_random, 8) == 0)
			fork_once();
		_exit(0);
	}
	await(pid);
}

static void fork_quietly(void)
{
	pid_t pid;

	renew(blocks, &main_random);
	pid = _Fork();
	if (!pid) {
		live_in_child();
		_exit(0);
	}
	await(pid);
}

static void fork_and_exec(void)
{
	pid_t pid = fork();

	if (!pid) {
		stress_watchdog(CHILD_SECONDS);
		renew(blocks, &main_random);
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	await(pid);
}

static void with_threads(void *(*body)(void *), void (*once)(void),
			 unsigned int nr_forks)
{
	pthread_t thread[NR_THREADS];

	make_all(blocks, &main_random);
	for (size_t i = 0; i < NR_THREADS; i++)
		if (pthread_create(&thread[i], NULL, body, (void *)(i + 1)))
			stress_fail("pthread_create");
	for (unsigned int i = 0; i < nr_forks; i++)
		once();
	atomic_store(&is_over, true);
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(thread[i], NULL);
	free_all(blocks);
}

static volatile sig_atomic_t nr_forked;
static volatile sig_atomic_t is_child;
static volatile pid_t last_child;

static void fork_in_handler(int signal)
{
	pid_t pid;

	(void)signal;
	if (is_child || last_child)
		return;
	pid = fork();
	if (!pid) {
		stress_watchdog(CHILD_SECONDS);
		is_child = 1;
	} else {
		last_child = pid;
	}
	nr_forked++;
}

/* The timer interrupts renew() somewhere, most often inside the heap. */
static void fork_from_signals(unsigned int nr_forks)
{
	struct sigaction action = { .sa_handler = fork_in_handler,
				    .sa_flags = SA_RESTART };
	struct itimerval each = { { 0, 1500 }, { 0, 1500 } };

	make_all(blocks, &main_random);
	sigaction(SIGVTALRM, &action, NULL);
	setitimer(ITIMER_VIRTUAL, &each, NULL);
	while ((unsigned int)nr_forked < nr_forks) {
		for (int i = 0; i < 20 && !is_child; i++)
			renew(blocks, &main_random);
		if (is_child) {
			live_in_child();
			_exit(0);
		}
		if (last_child) {
			await(last_child);
			last_child = 0;
		}
	}
	setitimer(ITIMER_VIRTUAL, &(struct itimerval){ 0 }, NULL);
	if (last_child)
		await(last_child);
	free_all(blocks);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	uint64_t seed = stress_seed(argc > 2 ? argv[2] : NULL);
	unsigned int nr_forks = argc > 3 ? (unsigned int)atoi(argv[3]) : 60;

	stress_watchdog(120);
	stress_random_init(&main_random, seed);
	if (!strcmp(name, "threads"))
		with_threads(allocate_on_and_on, fork_once, nr_forks);
	else if (!strcmp(name, "exec"))
		with_threads(allocate_on_and_on, fork_and_exec, nr_forks);
	else if (!strcmp(name, "stdio"))
		with_threads(allocate_in_stdio, fork_once, nr_forks);
	else if (!strcmp(name, "quiet"))
		with_threads(allocate_on_and_on, fork_quietly, nr_forks);
	else if (!strcmp(name, "signal"))
		fork_from_signals(nr_forks);
	else
		return 2;
	return 0;
}
