/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "os/os.h"
#include "region/arena.h"
#include "tests/unit/fixture.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define SIZE (8ul << 20)
#define STEP (64ul << 10)

static bool is_zero(const char *p, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (p[i])
			return false;
	}
	return true;
}

static void test_guards(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_true(arena_init(&arena, SIZE, STEP));
	assert_non_null(arena_take(&arena, SIZE, 1));
	assert_true(unit_can_read(arena.base));
	assert_true(unit_can_read(arena.base + SIZE - 1));
	assert_false(unit_can_read(arena.base - 1));
	assert_false(unit_can_read(arena.base - 65536));
	assert_false(unit_can_read(arena.base + SIZE));
	assert_false(unit_can_read(arena.base + SIZE + 65535));
	assert_null(arena_take(&arena, 1, 1));
	assert_int_equal(arena.next, SIZE);
}

/* Zero, aligned, one after another, committed step by step, until no more. */
static void test_take(void **state)
{
	uint64_t seed = unit_seed();
	struct arena arena = { 0 };
	char *last = NULL;

	(void)state;
	assert_true(arena_init(&arena, SIZE, STEP));
	for (;;) {
		size_t align = 1ul << unit_random(&seed) % 13;
		size_t size = unit_random(&seed) % 5000 + 1;
		char *got = arena_take(&arena, size, align);

		if (!got) {
			assert_true(SIZE - arena.next < size + align);
			break;
		}
		assert_int_equal((uintptr_t)got % align, 0);
		assert_true(got >= (last ? last : arena.base));
		assert_true(got + size <= arena.base + SIZE);
		assert_true(is_zero(got, size));
		memset(got, 'x', size);
		last = got + size;
		assert_true(arena.committed - arena.next < STEP);
		assert_int_equal(arena.committed % STEP, 0);
		if (arena.committed < SIZE)
			assert_false(
				unit_can_read(arena.base + arena.committed));
	}
}

/* The end of it is not for everybody. */
static void test_spare(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_true(arena_init(&arena, SIZE, STEP));
	assert_non_null(arena_take_spare(&arena, SIZE / 2, 64, SIZE / 4));
	assert_null(arena_take_spare(&arena, SIZE / 4 + 1, 64, SIZE / 4));
	assert_non_null(arena_take_spare(&arena, SIZE / 4, 64, SIZE / 4));
	assert_null(arena_take_spare(&arena, 1, 1, SIZE / 4));
	assert_non_null(arena_take(&arena, SIZE / 4, 64));
	assert_null(arena_take(&arena, 1, 1));
}

static void test_no_room(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_false(arena_init(&arena, 1ul << 62, STEP));
	assert_true(arena_init(&arena, SIZE, STEP));
	assert_null(arena_take(&arena, SIZE + 1, 1));
	assert_int_equal(arena.next, 0);
	assert_non_null(arena_take(&arena, 100, 1));
}

static void limit_data(void *unused)
{
	struct rlimit limit = { 1, 1 };
	struct arena arena = { 0 };

	(void)unused;
	unit_must(arena_init(&arena, SIZE, STEP));
	unit_must(arena_take(&arena, 100, 1));
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	unit_must(arena_take(&arena, STEP - 100, 1));
	/* Refused and unchanged, so that it may go better later. */
	unit_must(!arena_take(&arena, 1, 1));
	unit_must(arena.next == STEP && arena.committed == STEP);
}

static void test_no_memory(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	unit_run_well(limit_data, NULL);
}

#define NR_THREADS 4
#define NR_TAKES   20000

static struct arena shared;
static char *taken[NR_THREADS][NR_TAKES];

static void *take_many(void *arg)
{
	char **out = arg;

	for (int i = 0; i < NR_TAKES; i++) {
		out[i] = arena_take(&shared, 48, 16);
		memset(out[i], 'x', 48);
	}
	return NULL;
}

/* Answers EPERM to mprotect; false: cannot. */
static bool refuse_mprotect(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { array_size(filter), filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#define SIZE_REFUSED 80u
#define NR_REFUSED   4000

static pthread_barrier_t start;

/* What one thread wrote is there when others mapped their pages. */
static void *take_refused(void *arg)
{
	char **out = arg;

	pthread_barrier_wait(&start);
	unit_must(refuse_mprotect());
	for (int i = 0; i < NR_REFUSED; i++) {
		out[i] = arena_take(&shared, SIZE_REFUSED, 16);
		unit_must(out[i] && is_zero(out[i], SIZE_REFUSED));
		memset(out[i], 'x', SIZE_REFUSED);
	}
	return NULL;
}

static void fill_refused(void *unused)
{
	pthread_t threads[NR_THREADS];
	char *first;

	(void)unused;
	memset(&shared, 0, sizeof(shared));
	unit_must(arena_init(&shared, SIZE, os_page_size()));
	first = arena_take(&shared, 100, 1);
	memset(first, 'x', 100);
	pthread_barrier_init(&start, NULL, NR_THREADS);
	for (int i = 0; i < NR_THREADS; i++)
		unit_must(!pthread_create(&threads[i], NULL, take_refused,
					  taken[i]));
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < NR_THREADS * NR_REFUSED; i++) {
		const char *p = taken[i / NR_REFUSED][i % NR_REFUSED];

		for (unsigned int k = 0; k < SIZE_REFUSED; k++)
			unit_must(p[k] == 'x');
	}
	unit_must(first[99] == 'x');
	arena_check(&shared);
	/* The last page can be had. */
	unit_must(refuse_mprotect());
	unit_must(!arena_take(&shared, SIZE, 1));
	while (arena_take(&shared, 4096, 1))
		;
	unit_must(shared.next > SIZE - 4096 - os_page_size());
}

static void test_refused(void **state)
{
	(void)state;
	unit_needs("seccomp");
	unit_run_well(fill_refused, NULL);
}

static void test_threads(void **state)
{
	size_t nr = SIZE / 48;
	bool *seen = test_calloc(nr, sizeof(*seen));
	pthread_t threads[NR_THREADS];

	(void)state;
	assert_true(arena_init(&shared, SIZE, 4096));
	for (int i = 0; i < NR_THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, take_many, taken[i]),
			0);
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < NR_THREADS * NR_TAKES; i++) {
		size_t at = taken[i / NR_TAKES][i % NR_TAKES] - shared.base;

		assert_int_equal(at % 48, 0);
		assert_false(seen[at / 48]);
		seen[at / 48] = true;
	}
	assert_int_equal(shared.next, 48ul * NR_THREADS * NR_TAKES);
	test_free(seen);
}

static void harm(int how)
{
	struct arena arena = { 0 };

	unit_must(arena_init(&arena, SIZE, STEP) && arena_take(&arena, 1, 1));
	arena_check(&arena);
	if (how)
		arena.committed = SIZE + 1;
	else
		arena.next = SIZE + 1;
	arena_check(&arena);
}

static void test_damage_is_seen(void **state)
{
	static const char *const words[] = { "arena", "arena" };

	(void)state;
	unit_run_harms(harm, words, array_size(words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_spare),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_damage_is_seen),
	};

	fixture_init_os();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
