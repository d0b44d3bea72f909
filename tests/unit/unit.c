/* SPDX-License-Identifier: Apache-2.0 */
/* unit: see unit.h. */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <pthread.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

static void run_in_child(void (*body)(void *), void *arg, int to)
{
	const struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	/* cmocka's handler would jump back into the parent's tests. */
	signal(SIGABRT, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	dup2(to, 2);
	close(to);
	body(arg);
	_exit(0);
}

struct unit_child unit_run(void (*body)(void *), void *arg)
{
	struct unit_child child = { 0 };
	size_t length = 0;
	int ends[2];
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(ends[0]);
		run_in_child(body, arg, ends[1]);
	}
	close(ends[1]);
	do {
		got = read(ends[0], child.text + length,
			   sizeof(child.text) - 1 - length);
		length += got > 0 ? got : 0;
	} while (got > 0);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &child.status, 0), pid);
	return child;
}

void unit_run_well(void (*body)(void *), void *arg)
{
	struct unit_child child = unit_run(body, arg);

	if (child.status)
		print_error("%s", child.text);
	assert_int_equal(child.status, 0);
}

/*
 * What comes after a fault's line, tests of reports look at it; and what an
 * emulator says of an abort.
 */
static bool is_more(const char *line)
{
	static const char *const words[] = {
		"typeslab: slot: ",
		"typeslab: now: ",
		"typeslab: freed: ",
		"typeslab: allocated: ",
		"qemu: uncaught target signal ",
	};

	for (size_t i = 0; i < array_size(words); i++) {
		if (!strncmp(line, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

void unit_forget_more(char *text)
{
	char *to = text;

	while (*text) {
		size_t length = strcspn(text, "\n");

		length += text[length] == '\n';
		if (!is_more(text)) {
			memmove(to, text, length);
			to += length;
		}
		text += length;
	}
	*to = '\0';
}

void unit_run_dead(void (*body)(void *), void *arg, const char *text)
{
	struct unit_child child = unit_run(body, arg);

	unit_forget_more(child.text);
	assert_string_equal(child.text, text);
	assert_true(WIFSIGNALED(child.status));
	assert_int_equal(WTERMSIG(child.status), SIGABRT);
}

struct harm {
	void (*harm)(int how);
	int how;
};

static void do_harm(void *arg)
{
	const struct harm *harm = arg;

	harm->harm(harm->how);
}

void unit_run_harms(void (*harm)(int how), const char *const *words, int nr)
{
	for (int how = 0; how < nr; how++) {
		struct harm one = { harm, how };
		char line[128];

		snprintf(line, sizeof(line), "typeslab: broken metadata: %s\n",
			 words[how]);
		unit_run_dead(do_harm, &one, line);
	}
}

void unit_fail(const char *file, int line, const char *what)
{
	dprintf(2, "%s:%d: not so: %s\n", file, line, what);
	_exit(3);
}

uint64_t unit_seed(void)
{
	const char *given = getenv("SEED");
	uint64_t seed;

	if (given)
		seed = strtoull(given, NULL, 0);
	else if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = 1;
	printf("# SEED=%llu\n", (unsigned long long)seed);
	return seed | 1;
}

uint64_t unit_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x9e3779b97f4a7c15 >> 16;
}

void unit_needs(const char *what)
{
	if (!getenv("EMULATOR"))
		return;
	printf("# an emulator has not: %s\n", what);
	skip();
}

/* By a call that an emulator has; sanitizers look at the byte before it. */
static bool can_write_from(const void *p)
{
	int ends[2];
	bool can;

	assert_int_equal(pipe(ends), 0);
	can = write(ends[1], p, 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return can;
}

bool unit_can_read(const void *p)
{
	char byte;
	struct iovec to = { &byte, 1 };
	struct iovec from = { (void *)(uintptr_t)p, 1 };

	if (getenv("EMULATOR"))
		return can_write_from(p);
	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1;
}

void unit_run_threads(void *(*body)(void *number), unsigned int nr)
{
	pthread_t threads[64];
	void *wrong;

	assert_in_range(nr, 1, array_size(threads));
	for (uintptr_t i = 0; i < nr; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, body,
						(void *)(i + 1)),
				 0);
	for (unsigned int i = 0; i < nr; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
}
