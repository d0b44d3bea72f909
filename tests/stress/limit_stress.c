/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit_stress: the heap where the system gives little or refuses.
 *
 * Usage: limit_stress CASE [SEED]
 *
 * as:       RLIMIT_AS of 200 MiB from the start: use all, lose nothing.
 * as-later: the limit comes when the heap is there already.
 * data:     RLIMIT_DATA of 200 MiB from the start.
 * data-later: that limit, later.
 * data-holes: the same, full of holes, each a mapping, and then empty.
 * stack:    threads on stacks of 16 KiB, each using every door.
 * madvise:  a seccomp filter answers madvise with EPERM.
 * mprotect: the same for madvise and mprotect.
 * mlock:    mlockall() of now and the future by anybody, with a small reserve=.
 * mlock-root: the same by root, with the reservation as it is.
 *
 * Exhaustion must answer NULL and ENOMEM, and what is freed must come back.
 */
#define _GNU_SOURCE
#include "chain.h"
#include "stress.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB	  ((size_t)1 << 20)
#define LIMIT	  (200 * MIB)
#define NR_BLOCKS 200
#define NR_STACKS 200
#define EXIT_SKIP 77

static struct stress_random main_random;

static void refuse_everything(void)
{
	void *p = (void *)1;

	errno = 0;
	if (malloc(LIMIT) || errno != ENOMEM)
		stress_fail("malloc: errno %d", errno);
	errno = 0;
	if (calloc(LIMIT / 8, 8) || errno != ENOMEM)
		stress_fail("calloc: errno %d", errno);
	errno = 0;
	if (aligned_alloc(4096, LIMIT) || errno != ENOMEM)
		stress_fail("aligned_alloc: errno %d", errno);
	errno = 0;
	if (posix_memalign(&p, 64, LIMIT) != ENOMEM || p != (void *)1)
		stress_fail("posix_memalign");
}

static void work_a_while(void)
{
	struct stress_block block[NR_BLOCKS] = { 0 };

	for (int i = 0; i < 20000; i++) {
		size_t n = stress_below(&main_random, NR_BLOCKS);

		stress_block_free(&block[n]);
		/* No memory is an answer; a false one is found in there. */
		stress_block_make(&block[n], &main_random);
	}
	for (int i = 0; i < NR_BLOCKS; i++)
		stress_block_free(&block[i]);
}

/*
 * Each size in a process of its own: ground that one cache has used up is
 * never another's.
 */
static void exhaust(void)
{
	static const size_t size[] = { 64, 4096, 60000, MIB };

	for (int i = 0; i < 4; i++) {
		pid_t pid = fork();
		int status = 0;

		if (!pid) {
			stress_watchdog(150);
			chain_exhaust(size[i], 2 * LIMIT / size[i], LIMIT / 5,
				      refuse_everything);
			work_a_while();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			stress_fail("blocks of %zu: status %#x", size[i],
				    (unsigned int)status);
	}
}

static void set_limit(int resource)
{
	struct rlimit limit = { LIMIT, LIMIT };

	if (setrlimit(resource, &limit))
		stress_fail("setrlimit");
}

/* Sets the limit and starts anew under it. */
static void from_the_start(int resource, char **argv)
{
	if (getenv("STRESS_LIMITED"))
		return;
	set_limit(resource);
	setenv("STRESS_LIMITED", "1", 1);
	execv("/proc/self/exe", argv);
	stress_fail("exec");
}

/*
 * Address space that the heap reserved before it was limited is its own: the
 * limit need not bite, but what is refused must be refused in words.
 */
static void exhaust_what_bites(int resource)
{
	struct chain *chain = NULL;

	work_a_while();
	set_limit(resource);
	chain_take(&chain, 60000, 2 * LIMIT / 60000);
	chain_give(&chain);
	chain_take(&chain, MIB, 2 * LIMIT / MIB);
	chain_give(&chain);
	work_a_while();
}

/*
 * What lay between the holes comes back as they did, though by then there are
 * more mappings than the heap makes unasked.
 */
static void leave_holes(void)
{
	struct chain *chain[2] = { NULL, NULL };
	size_t nr = 0;
	void *p;

	while (chain_take(&chain[nr % 2], 40000, 1))
		nr++;
	chain_give(&chain[nr % 2]);
	p = malloc(LIMIT / 4);
	if (!p)
		stress_fail("holes of %zu blocks did not come back", nr);
	free(p);
	chain_give(&chain[(nr + 1) % 2]);
	p = malloc(LIMIT / 4 * 3);
	if (!p)
		stress_fail("%zu blocks did not come back", nr);
	free(p);
	work_a_while();
}

static void *use_every_door(void *arg)
{
	struct stress_random *random = arg;
	void *p = NULL, *q;

	for (size_t size = 1; size < 8 * MIB; size = size * 3 + 1) {
		q = realloc(malloc(size), 2 * size);
		free(calloc(2, size));
		free(aligned_alloc(256, size));
		if (posix_memalign(&p, 4096, size) || !q)
			stress_fail("no memory on a small stack");
		free(p);
		free(q);
	}
	malloc_trim(stress_below(random, 1000));
	return NULL;
}

static void use_small_stacks(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t size = 16384;

	if (pthread_attr_init(&attr) || pthread_attr_setstacksize(&attr, size))
		stress_fail("stack size");
	for (int i = 0; i < NR_STACKS; i++) {
		if (pthread_create(&thread, &attr, use_every_door,
				   &main_random))
			stress_fail("pthread_create on a stack of %zu", size);
		pthread_join(thread, NULL);
	}
}

/* Answers EPERM to madvise and, if told, mprotect. */
static void refuse_calls(bool with_mprotect)
{
	unsigned int other = with_mprotect ? SYS_mprotect : SYS_madvise;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]),
				      filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		printf("seccomp: %s\n", strerror(errno));
		exit(EXIT_SKIP);
	}
	if (madvise(&filter, 1, MADV_NORMAL) != -1 || errno != EPERM)
		stress_fail("the filter does not filter");
}

/* What could not be purged is dirty, and calloc must know. */
static void demand_zeros(size_t size)
{
	for (int i = 0; i < 100; i++) {
		unsigned char *p = malloc(size);
		unsigned char *q;

		if (!p)
			stress_fail("no memory for %zu", size);
		memset(p, 0xee, size);
		free(p);
		malloc_trim(0);
		q = calloc(size / 100 + 1, 100);
		for (size_t j = 0; q && j < size; j += 97)
			if (q[j])
				stress_fail("calloc %zu: byte %zu", size, j);
		free(q);
	}
}

static void live_without_madvise(void)
{
	struct chain *chain = NULL;

	work_a_while();
	refuse_calls(false);
	demand_zeros(100);
	demand_zeros(5000);
	demand_zeros(MIB);
	/* Nothing that is needed to give memory is refused. */
	if (chain_take(&chain, 5000, 20000) != 20000)
		stress_fail("out of memory");
	chain_give(&chain);
	malloc_trim(0);
	if (chain_take(&chain, MIB, 100) != 100)
		stress_fail("out of memory");
	chain_give(&chain);
	work_a_while();
}

static void live_without_mprotect(void)
{
	struct chain *before = NULL, *chain = NULL;

	chain_take(&before, 1000, 10000);
	work_a_while();
	refuse_calls(true);
	demand_zeros(1000);
	/* All of it: tables and states of slabs are mapped as well. */
	if (chain_take(&chain, 1000, 200000) != 200000 ||
	    chain_take(&chain, MIB, 1000) != 1000)
		stress_fail("out of memory");
	chain_give(&before);
	malloc_trim(0);
	/* What was just freed is there, whatever is refused. */
	if (chain_take(&before, 1000, 5000) != 5000)
		stress_fail("what was freed did not come back");
	chain_give(&chain);
	chain_give(&before);
	work_a_while();
}

static void lock_and_use(void)
{
	struct chain *chain = NULL;

	if (mlockall(MCL_CURRENT))
		stress_fail("mlockall: %s", strerror(errno));
	if (chain_take(&chain, 1000, 8000) != 8000)
		stress_fail("out of memory");
	chain_give(&chain);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		stress_fail("mlockall of the future: %s", strerror(errno));
	if (chain_take(&chain, 1000, 2000) != 2000)
		stress_fail("out of memory");
	chain_take(&chain, MIB, 20);
	chain_give(&chain);
}

/* A user without rights, whom the reservation must not cost the call. */
static void lock_as_anybody(char **argv)
{
	struct rlimit limit = { 64 * MIB, 64 * MIB };

	if (!getenv("TYPESLAB")) {
		setenv("TYPESLAB", "reserve=32M", 1);
		execv("/proc/self/exe", argv);
		stress_fail("exec");
	}
	if (setrlimit(RLIMIT_MEMLOCK, &limit)) {
		printf("RLIMIT_MEMLOCK cannot be 64 MiB: %s\n",
		       strerror(errno));
		exit(EXIT_SKIP);
	}
	if (getuid() == 0 && (setgid(65534) || setuid(65534)))
		stress_fail("setuid");
	lock_and_use();
}

/* With the right to lock, the whole reservation as it is by default. */
static void lock_as_root(void)
{
	if (mlockall(MCL_CURRENT) && errno == EPERM) {
		puts("no right to lock memory");
		exit(EXIT_SKIP);
	}
	lock_and_use();
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	stress_random_init(&main_random,
			   stress_seed(argc > 2 ? argv[2] : NULL));
	stress_watchdog(60);
	if (!strcmp(name, "as")) {
		from_the_start(RLIMIT_AS, argv);
		exhaust();
	} else if (!strcmp(name, "data")) {
		from_the_start(RLIMIT_DATA, argv);
		exhaust();
	} else if (!strcmp(name, "data-holes")) {
		from_the_start(RLIMIT_DATA, argv);
		leave_holes();
	} else if (!strcmp(name, "as-later")) {
		exhaust_what_bites(RLIMIT_AS);
	} else if (!strcmp(name, "data-later")) {
		exhaust_what_bites(RLIMIT_DATA);
	} else if (!strcmp(name, "stack")) {
		use_small_stacks();
	} else if (!strcmp(name, "madvise")) {
		live_without_madvise();
	} else if (!strcmp(name, "mprotect")) {
		live_without_mprotect();
	} else if (!strcmp(name, "mlock")) {
		lock_as_anybody(argv);
	} else if (!strcmp(name, "mlock-root")) {
		lock_as_root();
	} else {
		return 2;
	}
	return 0;
}
