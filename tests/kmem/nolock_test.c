/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kmalloc_nolock() in a handler that interrupts the allocator at any instant.
 *
 * usage: nolock_test [SIGNALS]
 *
 * The main thread allocates and frees, small and large, and is bombarded: in
 * the first round by the processor's trap after each instruction (x86-64), so
 * that no instant is left out, in the second, shorter one by signals that
 * another thread sends. The handler allocates from the same rows, writes
 * a mark all over the object, and frees it at once or some signals later,
 * after a look whether the mark is still there. The victim does the same with
 * a mark of its own: a slot given twice shows.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include "typeslab/slab.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define NR_HELD	  64
#define NR_LIVE	  512
#define SECONDS	  100 /* without so many signals */
#define NR_AGAIN  1000
#define OF_MAIN	  0x11
#define OF_SIGNAL 0x22

static unsigned long nr_handled, nr_got, nr_wanted;
static unsigned long nr_turns; /* of the victim */
static bool must_stop;

static struct {
	unsigned char *p;
	size_t size;
} held[NR_HELD];

/* Of a handler and of two threads. */
static bool shall_stop(void)
{
	return __atomic_load_n(&must_stop, __ATOMIC_RELAXED);
}

static void set_stop(bool stop)
{
	__atomic_store_n(&must_stop, stop, __ATOMIC_RELAXED);
}

static void die(const char *what)
{
	static const char head[] = "nolock_test: ";
	ssize_t unused = write(2, head, sizeof(head) - 1);

	unused += write(2, what, strlen(what));
	(void)unused;
	_exit(1);
}

static unsigned long next_random(unsigned long *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

static void check(const unsigned char *p, size_t size, int mark)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != mark)
			die("an object has two owners\n");
}

/*
 * As the macros do, but from one call site: so that the handler's rows are the
 * victim's, whatever the compiler tells of types.
 */
static void *take(size_t size, bool nolock)
{
	static struct typeslab_site site;
	const struct typeslab_from from = { 0, &site };

	if (nolock)
		return typeslab_kmalloc_nolock(size, 0, NUMA_NO_NODE, from);
	return typeslab_kmalloc(size, GFP_KERNEL, from);
}

static void on_signal(int number)
{
	static unsigned long state = 88172645463325252ul;
	unsigned int at = next_random(&state) % NR_HELD;
	size_t size = 1 + next_random(&state) % 300;
	int saved = errno;

	(void)number;
	errno = 4711;
	if (++nr_handled >= nr_wanted)
		set_stop(true);
	/* A deadlock ends here; a slow machine goes on. */
	if (nr_handled % NR_AGAIN == 0)
		alarm(SECONDS);
	if (held[at].p) {
		check(held[at].p, held[at].size, OF_SIGNAL);
		kfree_nolock(held[at].p);
	}
	held[at].p = take(size, true);
	held[at].size = size;
	if (held[at].p) {
		nr_got++;
		memset(held[at].p, OF_SIGNAL, size);
	}
	if (errno != 4711)
		die("errno was changed\n");
	errno = saved;
}

/*
 * One signal for each turn of the victim's: in a flood of them it would not get
 * anywhere, and what its handler lacks is there once it has asked for more.
 */
static void *bombard(void *victim)
{
	unsigned long seen = 0;

	while (!shall_stop()) {
		unsigned long turns =
			__atomic_load_n(&nr_turns, __ATOMIC_RELAXED);

		if (turns != seen)
			pthread_kill(*(pthread_t *)victim, SIGUSR1);
		else
			sched_yield();
		seen = turns;
	}
	return NULL;
}

/* Traps after each instruction, or no longer; false: not on this processor. */
static bool step(bool on)
{
#ifdef __x86_64__
	if (on)
		__asm__ volatile("pushf; orq $0x100, (%%rsp); popf" ::
					 : "memory", "cc");
	else
		__asm__ volatile("pushf; andq $~0x100, (%%rsp); popf" ::
					 : "memory", "cc");
	return true;
#else
	return !on;
#endif
}

static void churn(void)
{
	static unsigned char *live[NR_LIVE];
	static size_t sizes[NR_LIVE];
	unsigned long state = 0;

	if (getrandom(&state, sizeof(state), 0) != sizeof(state) || !state)
		state = 1;
	printf("# SEED=%lu\n", state);
	while (!shall_stop()) {
		unsigned int at = next_random(&state) % NR_LIVE;
		size_t size = 1 + next_random(&state) % 300;

		if (next_random(&state) % 1000 == 0)
			size = 40000 + next_random(&state) % 200000;
		if (live[at]) {
			check(live[at], sizes[at] < 64 ? sizes[at] : 64,
			      OF_MAIN);
			kfree(live[at]);
		}
		live[at] = take(size, false);
		if (!live[at])
			die("no memory\n");
		sizes[at] = size;
		memset(live[at], OF_MAIN, size);
		__atomic_fetch_add(&nr_turns, 1, __ATOMIC_RELAXED);
	}
	for (int i = 0; i < NR_LIVE; i++) {
		kfree(live[i]);
		live[i] = NULL;
	}
}

static void round_of(const char *what, unsigned long wanted, int number)
{
	nr_handled = 0;
	nr_got = 0;
	set_stop(false);
	nr_wanted = wanted;
	if (number == SIGTRAP)
		step(true);
	churn();
	if (number == SIGTRAP)
		step(false);
	/* It may fail; that it always does is not what is meant. */
	printf("# %lu signals, %lu objects\n", nr_handled, nr_got);
	if (nr_got < nr_handled / 4)
		die("hardly any allocation worked\n");
	printf("ok - %s\n", what);
}

int main(int argc, char **argv)
{
	unsigned long wanted = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000000;
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t victim = pthread_self(), thread;

	printf("1..2\n");
	alarm(SECONDS);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGTRAP, &action, NULL);
	if (!UNIT_HAS_SANITIZER && step(false) && step(true)) {
		step(false);
		round_of("after each instruction", wanted, SIGTRAP);
	} else {
		printf("ok - after each instruction # SKIP no such trap\n");
	}
	nr_wanted = 1;
	set_stop(false);
	if (pthread_create(&thread, NULL, bombard, &victim))
		die("no thread\n");
	round_of("from another thread", wanted / 50, SIGUSR1);
	pthread_join(thread, NULL);
	for (int i = 0; i < NR_HELD; i++)
		kfree(held[i].p);
	return 0;
}
