/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: the heap under a seccomp filter, in one of two ways.
 *
 * Usage: sandbox kill NAME...   any system call but those kills the process
 *        sandbox refuse NAME... any system call but those fails with EPERM
 *
 * Uses the heap in every size, says "alive", and frees a block twice: the
 * report must come, and SIGABRT.
 */
#include <errno.h>
#include <malloc.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *hidden(void *p)
{
	__asm__ volatile("" : "+r"(p) : : "memory");
	return p;
}

static int fill_filter(uint32_t action, char **names)
{
	scmp_filter_ctx filter = seccomp_init(action);
	int status = filter ? 0 : -1;

	for (; *names && !status; names++) {
		int call = seccomp_syscall_resolve_name(*names);

		if (call == __NR_SCMP_ERROR) {
			fprintf(stderr, "no system call %s\n", *names);
			return -1;
		}
		status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
	}
	return status ? status : seccomp_load(filter);
}

/* What there is no memory for is left out. */
static void use_the_heap(void)
{
	static void *blocks[4000];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 4000; i++) {
			size_t size = i % 100 ? i * 7 : i * 5000;

			blocks[i] = hidden(malloc(size));
			if (blocks[i])
				memset(blocks[i], 1, size);
		}
		for (size_t i = 0; i < 4000; i += 3) {
			void *moved = realloc(blocks[i], i * 20 + 1);

			if (moved)
				blocks[i] = moved;
		}
		for (size_t i = 0; i < 4000; i++)
			free(blocks[i]);
		malloc_trim(0);
	}
}

int main(int argc, char **argv)
{
	uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
	void *p = hidden(malloc(48));

	if (argc < 3)
		return 2;
	if (fill_filter(strcmp(argv[1], "kill") ? refuse
						: SCMP_ACT_KILL_PROCESS,
			argv + 2))
		return 77;
	use_the_heap();
	if (write(1, "alive\n", 6) != 6)
		_exit(3);
	free(p);
	free(hidden(p));
	_exit(4);
}
