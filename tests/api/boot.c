/* SPDX-License-Identifier: Apache-2.0 */
/*
 * boot: a signal, or a call, in the middle of the heap's boot.
 *
 * Usage: boot allocate|fork|carry-on|wrap|page
 *
 * allocate: the handler allocates.
 * fork:     the handler forks, and the child allocates there and then.
 * carry-on: the handler forks, and the child returns from it.
 * wrap:     the function that the boot calls allocates, in vain.
 * page:     the boot begins in a call that depends on what it reads.
 *
 * The boot makes a key for the end of threads: the program stands in for the
 * function that does, and sends itself the signal there. It gets ready before
 * the constructors of libraries: one of them may boot the heap.
 */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <typeslab/whatis.h>

#define SECONDS 60

int __pthread_key_create(pthread_key_t *key, void (*destructor)(void *));

static const char *what;
static volatile sig_atomic_t nr_boots;
static volatile sig_atomic_t is_answered;
static volatile pid_t child = -1;

/* Of TYPESLAB=page=64K. */
static const uintptr_t page_size = 65536;

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	if (what && !nr_boots++) {
		if (!strcmp(what, "wrap"))
			free(malloc(100));
		raise(SIGUSR1);
	}
	return __pthread_key_create(key, destructor);
}

static int is_ours(size_t size)
{
	struct typeslab_whatis info;
	char *p = malloc(size);
	int answer = p && typeslab_whatis(p, &info) && info.live;

	if (answer)
		memset(p, 1, size);
	free(p);
	return answer;
}

static void on_signal(int number)
{
	(void)number;
	is_answered = 1;
	if (!strcmp(what, "allocate")) {
		is_answered = is_ours(100);
		return;
	}
	if (strcmp(what, "fork") && strcmp(what, "carry-on"))
		return;
	child = fork();
	if (!child) {
		alarm(SECONDS);
		if (!strcmp(what, "fork"))
			_exit(!is_ours(100));
	}
}

static int is_any_blocked(void)
{
	sigset_t now;

	sigprocmask(SIG_SETMASK, NULL, &now);
	for (int number = 1; number < NSIG; number++)
		if (sigismember(&now, number) == 1)
			return 1;
	return 0;
}

static void get_ready(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (argc != 2)
		_exit(2);
	alarm(SECONDS);
	sigaction(SIGUSR1, &action, NULL);
	what = argv[1];
}

__attribute__((__section__(".preinit_array"),
	       __used__)) static void (*const first)(int, char **) = get_ready;

int main(void)
{
	int is_on_page = !strcmp(what, "page")
				 ? !((uintptr_t)pvalloc(1) % page_size)
				 : 1;
	int status = 0;

	if (!is_ours(64) || !is_ours(5000) || !is_ours(1000000))
		return 3;
	if (nr_boots != 1 || !is_answered || !is_on_page || is_any_blocked())
		return 4;
	if (child > 0 && waitpid(child, &status, 0) != child)
		return 5;
	return status != 0;
}
