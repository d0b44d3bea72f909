/* SPDX-License-Identifier: Apache-2.0 */
/* fault_places: the ways to come by a pointer that must not be freed. */
#define _GNU_SOURCE
#include "fault.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGE ((size_t)5 << 20)

static char bss_bytes[64] __attribute__((aligned(16)));
static char data_bytes[64] __attribute__((aligned(16))) = "data";
static const char constant_bytes[64] __attribute__((aligned(16))) = "constant";
static _Thread_local char tls_bytes[64] __attribute__((aligned(16)));
static char *stack_bytes;

struct typeslab_whatis fault_noted;

void *fault_malloc(size_t size)
{
	void *p = hide(malloc(size));

	if (!p)
		_exit(99);
	return p;
}

static struct typeslab_whatis look(const void *p)
{
	struct typeslab_whatis info;

	if (!typeslab_whatis(p, &info))
		_exit(98);
	return info;
}

/* Freed blocks: what they were is noted before, for the report must know. */

static void *note(void *p)
{
	fault_noted = look(p);
	return p;
}

static void *freed_of_size(size_t size)
{
	void *p = note(fault_malloc(size));

	free(p);
	return hide(p);
}

static void *freed_tiny(void)
{
	return freed_of_size(1);
}

static void *freed_zero(void)
{
	return freed_of_size(0);
}

static void *freed_at_once(void)
{
	return freed_of_size(100);
}

static void *freed_page(void)
{
	return freed_of_size(4096);
}

static void *freed_medium(void)
{
	return freed_of_size(100000);
}

static void *freed_large(void)
{
	return freed_of_size(LARGE);
}

static void *freed_aligned(void)
{
	void *p = note(hide(aligned_alloc(4096, 100)));

	free(p);
	return hide(p);
}

/* Much happens in between, but nothing of that size. */
static void *freed_long_ago(void)
{
	void *p = freed_of_size(100);
	void *other[64] = { 0 };

	for (unsigned int i = 0; i < 20000; i++) {
		free(other[i % 64]);
		other[i % 64] = fault_malloc(200 + i % 3000);
	}
	return p;
}

/* Hundreds of the same size go back: it lies in the cache, not at hand. */
static void *freed_among_many(void)
{
	static void *p[4000];

	for (int i = 0; i < 4000; i++)
		p[i] = fault_malloc(100);
	note(p[1234]);
	for (int i = 0; i < 4000; i++)
		free(p[i]);
	return hide(p[1234]);
}

static void *freed_and_trimmed(void)
{
	void *p = freed_among_many();

	malloc_trim(0);
	return p;
}

static void *freed_large_and_trimmed(void)
{
	void *p = freed_large();

	malloc_trim(0);
	return p;
}

static void *freed_by_realloc(void)
{
	void *p = note(fault_malloc(100));
	void *moved = hide(realloc(p, 10000));

	if (moved == hide(p))
		_exit(97);
	return hide(p);
}

static void *freed_by_realloc_to_zero(void)
{
	void *p = note(fault_malloc(100));

	free(hide(realloc(p, 0)));
	return hide(p);
}

static void *freed_large_by_realloc(void)
{
	void *p = note(fault_malloc(LARGE));
	void *moved = hide(realloc(p, 100));

	if (moved == hide(p))
		_exit(97);
	return hide(p);
}

static void *free_in_thread(void *p)
{
	free(p);
	return NULL;
}

static void *malloc_in_thread(void *unused)
{
	(void)unused;
	return fault_malloc(100);
}

static void *in_thread(void *(*body)(void *), void *arg)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, body, arg) ||
	    pthread_join(thread, &result))
		_exit(96);
	return result;
}

static void *freed_by_a_thread(void)
{
	void *p = note(fault_malloc(100));

	in_thread(free_in_thread, p);
	return hide(p);
}

static void *freed_of_a_dead_thread(void)
{
	void *p = note(in_thread(malloc_in_thread, NULL));

	free(p);
	return hide(p);
}

static void *freed_large_by_a_thread(void)
{
	void *p = note(fault_malloc(LARGE));

	in_thread(free_in_thread, p);
	return hide(p);
}

static void *freed_before_fork(void)
{
	void *p = freed_of_size(100);

	pid_t child = fork();
	int status;

	if (!child)
		return p;
	/* The child commits it; the parent only passes its fate on. */
	if (child < 0 || waitpid(child, &status, 0) != child)
		_exit(93);
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	_exit(WEXITSTATUS(status));
}

/* Inside live blocks */

static void *inner_at(size_t size, size_t offset)
{
	return (char *)fault_malloc(size) + offset;
}

#define INNER(name, size, offset)                    \
	static void *inner_##name(void)              \
	{                                            \
		return hide(inner_at(size, offset)); \
	}

INNER(by_1, 100, 1)
INNER(by_8, 100, 8)
INNER(by_16, 100, 16)
INNER(tiny_last, 16, 15)
INNER(middle, 1024, 512)
INNER(middle_of_odd, 1000, 496)
INNER(page, 4096, 2048)
INNER(medium_page, 100000, 4096)
INNER(large_by_1, LARGE, 1)
INNER(large_by_16, LARGE, 16)
INNER(large_by_page, LARGE, 4096)
INNER(large_middle, LARGE, LARGE / 2)

static void *inner_last_byte(void)
{
	char *p = fault_malloc(100);

	return hide(p + look(p).size - 1);
}

static void *inner_large_last_byte(void)
{
	char *p = fault_malloc(LARGE);

	return hide(p + look(p).size - 1);
}

/* The attacker's own bytes say that a chunk of glibc's begins here. */
static void *inner_forged_header(void)
{
	uint64_t *word = fault_malloc(256);

	for (int i = 0; i < 32; i += 2) {
		word[i] = 0;
		word[i + 1] = 0x41;
	}
	return hide(&word[4]);
}

/* Beside live blocks */

static void *past_end(void)
{
	char *p = fault_malloc(3000);

	return hide(p + look(p).size);
}

static void *past_large_end(void)
{
	char *p = fault_malloc(LARGE);

	return hide(p + look(p).size);
}

static void *before_large(void)
{
	return hide((char *)fault_malloc(LARGE) - 16);
}

/* A dead slot of the block's own size, @step slots further at a time. */
static void *find_dead(char *p, size_t size, ptrdiff_t first, ptrdiff_t step)
{
	struct typeslab_whatis info;

	for (ptrdiff_t i = first; i >= -64 && i <= 64; i += step) {
		char *slot = p + i * (ptrdiff_t)size;

		if (typeslab_whatis(slot, &info) && info.start == slot &&
		    info.size == size && !info.live)
			return hide(slot);
	}
	_exit(95);
}

/* The far end of a slab that was just begun. */
static void *never_handed_out(void)
{
	char *p = fault_malloc(3000);

	return find_dead(p, look(p).size, 64, -1);
}

/* A neighbour, which may lie ready for the next malloc. */
static void *not_yet_handed_out(void)
{
	char *p = fault_malloc(3000);

	return find_dead(p, look(p).size, -64, 1);
}

/* The heap's own ground, but no slab stands on it. */
static void *bare_ground(void)
{
	char *p = fault_malloc(100);
	struct typeslab_whatis info;

	for (size_t step = 1; step < 1 << 20; step++)
		if (!typeslab_whatis(p + step * 4096, &info))
			return hide(p + step * 4096);
	_exit(94);
}

/* Elsewhere */

static void *foreign_stack(void)
{
	stack_bytes = __builtin_alloca(64);
	return hide(stack_bytes);
}

static void *foreign_bss(void)
{
	return hide(bss_bytes);
}

static void *foreign_data(void)
{
	return hide(data_bytes + 16);
}

static void *foreign_constant(void)
{
	return hide(constant_bytes);
}

static void *foreign_tls(void)
{
	return hide(tls_bytes);
}

static void *foreign_code(void)
{
	return hide((const void *)(uintptr_t)foreign_tls);
}

static void *foreign_environment(void)
{
	return hide(environ);
}

static void *foreign_map(void)
{
	void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : hide((char *)p + 4096);
}

static void *foreign_forged_header(void)
{
	uint64_t *word = foreign_map();

	word[0] = 0;
	word[1] = 0x41;
	return hide(&word[2]);
}

static void *foreign_low(void)
{
	return hide((const void *)16);
}

static void *foreign_odd(void)
{
	return hide((const void *)(uintptr_t)1);
}

static void *foreign_noncanonical(void)
{
	return hide((const void *)(uintptr_t)0x4141414141414141);
}

static void *foreign_kernel(void)
{
	return hide((const void *)(uintptr_t)0xffff888000001000);
}

static void *foreign_top(void)
{
	return hide((const void *)(uintptr_t)-16);
}

const struct fault_place fault_places[] = {
	{ "freed-tiny", FAULT_FREED, freed_tiny },
	{ "freed-zero", FAULT_FREED, freed_zero },
	{ "freed-at-once", FAULT_FREED, freed_at_once },
	{ "freed-page", FAULT_FREED, freed_page },
	{ "freed-medium", FAULT_FREED, freed_medium },
	{ "freed-large", FAULT_FREED, freed_large },
	{ "freed-aligned", FAULT_FREED, freed_aligned },
	{ "freed-long-ago", FAULT_FREED, freed_long_ago },
	{ "freed-among-many", FAULT_FREED, freed_among_many },
	{ "freed-and-trimmed", FAULT_IDLE, freed_and_trimmed },
	{ "freed-large-and-trimmed", FAULT_IDLE, freed_large_and_trimmed },
	{ "freed-by-realloc", FAULT_FREED, freed_by_realloc },
	{ "freed-by-realloc-to-zero", FAULT_FREED, freed_by_realloc_to_zero },
	{ "freed-large-by-realloc", FAULT_FREED, freed_large_by_realloc },
	{ "freed-by-a-thread", FAULT_FREED, freed_by_a_thread },
	{ "freed-of-a-dead-thread", FAULT_FREED, freed_of_a_dead_thread },
	{ "freed-large-by-a-thread", FAULT_FREED, freed_large_by_a_thread },
	{ "freed-before-fork", FAULT_FREED, freed_before_fork },
	{ "inner-by-1", FAULT_INNER, inner_by_1 },
	{ "inner-by-8", FAULT_INNER, inner_by_8 },
	{ "inner-by-16", FAULT_INNER, inner_by_16 },
	{ "inner-tiny-last", FAULT_INNER, inner_tiny_last },
	{ "inner-middle", FAULT_INNER, inner_middle },
	{ "inner-middle-of-odd", FAULT_INNER, inner_middle_of_odd },
	{ "inner-page", FAULT_INNER, inner_page },
	{ "inner-medium-page", FAULT_INNER, inner_medium_page },
	{ "inner-last-byte", FAULT_INNER, inner_last_byte },
	{ "inner-forged-header", FAULT_INNER, inner_forged_header },
	{ "inner-large-by-1", FAULT_INNER, inner_large_by_1 },
	{ "inner-large-by-16", FAULT_INNER, inner_large_by_16 },
	{ "inner-large-by-page", FAULT_INNER, inner_large_by_page },
	{ "inner-large-middle", FAULT_INNER, inner_large_middle },
	{ "inner-large-last-byte", FAULT_INNER, inner_large_last_byte },
	{ "past-end", FAULT_BESIDE, past_end },
	{ "past-large-end", FAULT_BESIDE, past_large_end },
	{ "before-large", FAULT_BESIDE, before_large },
	{ "never-handed-out", FAULT_UNALLOCATED, never_handed_out },
	{ "not-yet-handed-out", FAULT_IDLE, not_yet_handed_out },
	{ "bare-ground", FAULT_FOREIGN, bare_ground },
	{ "stack", FAULT_FOREIGN, foreign_stack },
	{ "bss", FAULT_FOREIGN, foreign_bss },
	{ "data", FAULT_FOREIGN, foreign_data },
	{ "constant", FAULT_FOREIGN, foreign_constant },
	{ "tls", FAULT_FOREIGN, foreign_tls },
	{ "code", FAULT_FOREIGN, foreign_code },
	{ "environment", FAULT_FOREIGN, foreign_environment },
	{ "map", FAULT_FOREIGN, foreign_map },
	{ "forged-header", FAULT_FOREIGN, foreign_forged_header },
	{ "low", FAULT_FOREIGN, foreign_low },
	{ "odd", FAULT_FOREIGN, foreign_odd },
	{ "noncanonical", FAULT_FOREIGN, foreign_noncanonical },
	{ "kernel", FAULT_FOREIGN, foreign_kernel },
	{ "top", FAULT_FOREIGN, foreign_top },
	{ NULL, FAULT_FOREIGN, NULL },
};
