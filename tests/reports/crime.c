/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crime: commits one fault, from functions whose names a report must show.
 *
 * Usage: crime NAME
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/*
 * No call may become a jump, no two functions one: each must be on the stack.
 */
#define kept	   __attribute__((__noinline__))
#define STAY(name) __asm__ volatile("# " name : : : "memory")

static void *hidden(void *p)
{
	__asm__ volatile("" : "+r"(p) : : "memory");
	return p;
}

kept static void *make_block(size_t size)
{
	void *p = malloc(size);

	STAY("make_block");
	return hidden(p);
}

kept static void free_early(void *p)
{
	free(p);
	STAY("free_early");
}

kept static void free_first(void *p)
{
	free(p);
	STAY("free_first");
}

kept static void free_again(void *p)
{
	free(p);
	STAY("free_again");
}

kept static void commit_double(void)
{
	void *p = make_block(100);

	free_first(p);
	free_again(p);
}

kept static void commit_large(void)
{
	void *p = make_block(300000);

	free_first(p);
	free_again(p);
}

kept static void commit_inner(void)
{
	free_again((char *)make_block(100) + 16);
}

kept static void commit_foreign(void)
{
	int local;

	free_again(hidden(&local));
}

kept static void *grow_block(void *p, size_t size)
{
	p = realloc(p, size);
	STAY("grow_block");
	return hidden(p);
}

kept static void commit_moved(void)
{
	void *p = make_block(100);

	grow_block(p, 5000);
	free_again(p);
}

kept static void commit_calloc(void)
{
	void *p = hidden(calloc(10, 30));

	free_first(p);
	free_again(p);
}

kept static void commit_aligned(void)
{
	void *p = hidden(aligned_alloc(256, 512));

	free_first(p);
	free_again(p);
}

/* The block's second life is the one that counts. */
kept static void commit_reused(void)
{
	void *p = make_block(100);

	free_early(p);
	for (int i = 0; i < 100000; i++) {
		void *again = make_block(100);

		if (again == p)
			break;
		free_early(again);
	}
	free_first(p);
	free_again(p);
}

kept static void *run_elsewhere(void *p)
{
	free_first(p);
	STAY("run_elsewhere");
	return NULL;
}

kept static void commit_thread(void)
{
	void *p = make_block(100);
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_elsewhere, p))
		exit(3);
	pthread_join(thread, NULL);
	free_again(p);
}

static void *in_handler;

static void on_signal(int number)
{
	(void)number;
	free_again(in_handler);
	STAY("on_signal");
}

kept static void commit_signal(void)
{
	in_handler = make_block(100);
	free_first(in_handler);
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
}

kept static void commit_late(void)
{
	char *p = make_block(100);

	free_first(p);
	memset(hidden(p), 1, 100);
	for (int i = 0; i < 100000; i++)
		free_early(make_block(100));
}

static const struct {
	const char *name;
	void (*commit)(void);
} crimes[] = {
	{ "double", commit_double },   { "large", commit_large },
	{ "inner", commit_inner },     { "foreign", commit_foreign },
	{ "moved", commit_moved },     { "calloc", commit_calloc },
	{ "aligned", commit_aligned }, { "reused", commit_reused },
	{ "thread", commit_thread },   { "signal", commit_signal },
	{ "late", commit_late },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(crimes) / sizeof(crimes[0]); i++) {
		if (argc == 2 && !strcmp(argv[1], crimes[i].name)) {
			crimes[i].commit();
			return 0;
		}
	}
	return 2;
}
