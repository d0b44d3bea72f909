/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "os/lock.h"
#include "os/os.h"

#include <pthread.h>

#define NR_THREADS 8
#define NR_ROUNDS  20000

struct shared {
	struct lock lock;
	uint64_t plain; /* under the lock */
	uint32_t inside;
	uint32_t next_id;
};

static void *count(void *arg)
{
	struct shared *shared = arg;
	uint32_t id = __atomic_add_fetch(&shared->next_id, 1, __ATOMIC_RELAXED);
	uint32_t tag = lock_tag(id, 1);
	uint64_t wrong = 0;

	for (int i = 0; i < NR_ROUNDS; i++) {
		wrong += lock_acquire(&shared->lock, tag) != LOCK_ACQUIRED;
		wrong += __atomic_fetch_add(&shared->inside, 1,
					    __ATOMIC_RELAXED) != 0;
		shared->plain++;
		/* Now and then long enough for the others to sleep. */
		if (i % 1024 == 0)
			os_yield();
		__atomic_fetch_sub(&shared->inside, 1, __ATOMIC_RELAXED);
		lock_release(&shared->lock);
	}
	return (void *)(uintptr_t)wrong;
}

static void test_one_at_a_time(void **state)
{
	struct shared shared = { 0 };
	pthread_t threads[NR_THREADS];
	void *wrong;

	(void)state;
	for (int i = 0; i < NR_THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, count, &shared), 0);
	for (int i = 0; i < NR_THREADS; i++) {
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	assert_int_equal(shared.plain, NR_THREADS * NR_ROUNDS);
	assert_int_equal(shared.lock.word, 0);
}

static void *take_once(void *arg)
{
	struct shared *shared = arg;
	uint32_t id = __atomic_add_fetch(&shared->next_id, 1, __ATOMIC_RELAXED);

	lock_acquire(&shared->lock, lock_tag(id + 1, 1));
	shared->plain++;
	lock_release(&shared->lock);
	return NULL;
}

/* All others wait in the kernel (the top bit says so), and all are woken. */
static void test_sleepers_wake(void **state)
{
	struct shared shared = { 0 };
	pthread_t threads[NR_THREADS];

	(void)state;
	assert_int_equal(lock_acquire(&shared.lock, lock_tag(1, 1)),
			 LOCK_ACQUIRED);
	for (int i = 0; i < NR_THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, take_once, &shared),
			0);
	while (!(__atomic_load_n(&shared.lock.word, __ATOMIC_RELAXED) >> 31))
		os_yield();
	assert_int_equal(shared.plain, 0);
	lock_release(&shared.lock);
	for (int i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(shared.plain, NR_THREADS);
	assert_int_equal(shared.lock.word, 0);
}

static void test_tags(void **state)
{
	(void)state;
	assert_int_equal(lock_tag(1, 0), 1);
	assert_int_equal(lock_tag(LOCK_ID_MAX, 0), LOCK_ID_MAX);
	/* Never the top bit, which is the waiters'; never 0, which is free. */
	for (uint32_t generation = 0; generation < 5000; generation++) {
		uint32_t tag = lock_tag(LOCK_ID_MAX, generation);

		assert_int_equal(tag >> 31, 0);
		assert_int_equal(tag & LOCK_ID_MAX, LOCK_ID_MAX);
		assert_int_equal(tag >> LOCK_ID_BITS, generation % 2048);
		assert_true(lock_tag(1, generation) !=
			    lock_tag(1, generation + 1));
	}
}

static void test_reentered(void **state)
{
	struct lock lock = { 0 };

	(void)state;
	assert_int_equal(lock_acquire(&lock, lock_tag(5, 1)), LOCK_ACQUIRED);
	assert_int_equal(lock_acquire(&lock, lock_tag(5, 1)), LOCK_REENTERED);
	/* Held by the forking thread itself, which lives on in the child. */
	assert_int_equal(lock_acquire(&lock, lock_tag(5, 2)), LOCK_REENTERED);
	lock.word |= 1u << 31; /* somebody waits */
	assert_int_equal(lock_acquire(&lock, lock_tag(5, 1)), LOCK_REENTERED);
	lock_release(&lock);
	assert_int_equal(lock.word, 0);
	assert_int_equal(lock_acquire(&lock, lock_tag(5, 1)), LOCK_ACQUIRED);
}

static void test_orphaned(void **state)
{
	struct lock lock = { 0 };

	(void)state;
	assert_false(lock_is_orphaned(&lock, lock_tag(6, 2)));
	assert_false(lock_is_anothers(&lock, lock_tag(6, 1)));
	assert_int_equal(lock_acquire(&lock, lock_tag(5, 1)), LOCK_ACQUIRED);
	assert_true(lock_is_anothers(&lock, lock_tag(6, 1)));
	assert_false(lock_is_anothers(&lock, lock_tag(6, 2)));
	assert_false(lock_is_anothers(&lock, lock_tag(5, 1)));
	assert_false(lock_is_anothers(&lock, lock_tag(5, 2)));
	assert_false(lock_is_orphaned(&lock, lock_tag(6, 1)));
	assert_false(lock_is_orphaned(&lock, lock_tag(5, 2)));
	assert_true(lock_is_orphaned(&lock, lock_tag(6, 2)));
	lock.word |= LOCK_WAITERS;
	assert_false(lock_is_orphaned(&lock, lock_tag(6, 1)));
	assert_int_equal(lock_acquire(&lock, lock_tag(6, 2)), LOCK_ORPHANED);
	assert_int_equal(lock_acquire(&lock, lock_tag(6, 2)), LOCK_REENTERED);
	lock_release(&lock);
	assert_int_equal(lock_acquire(&lock, lock_tag(7, 2)), LOCK_ACQUIRED);
	/* With waiters, who vanished too. */
	lock.word |= 1u << 31;
	assert_int_equal(lock_acquire(&lock, lock_tag(8, 3)), LOCK_ORPHANED);
	assert_int_equal(lock.word, lock_tag(8, 3));
	lock_release(&lock);
	/* The generation's number wraps round. */
	assert_int_equal(lock_acquire(&lock, lock_tag(5, 2047)), LOCK_ACQUIRED);
	assert_int_equal(lock_acquire(&lock, lock_tag(6, 2048)), LOCK_ORPHANED);
}

/* Of many threads of a child that find an orphan, one is told so. */
static void *adopt(void *arg)
{
	struct shared *shared = arg;
	uint32_t id = __atomic_add_fetch(&shared->next_id, 1, __ATOMIC_RELAXED);

	if (lock_acquire(&shared->lock, lock_tag(id, 2)) == LOCK_ORPHANED)
		shared->plain++;
	lock_release(&shared->lock);
	return NULL;
}

static void test_one_adopts(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		struct shared shared = { .lock.word = lock_tag(100, 1) };
		pthread_t threads[4];

		for (int i = 0; i < 4; i++)
			assert_int_equal(pthread_create(&threads[i], NULL,
							adopt, &shared),
					 0);
		for (int i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(shared.plain, 1);
		assert_int_equal(shared.lock.word, 0);
	}
}

static void *release_soon(void *arg)
{
	struct shared *shared = arg;

	while (!__atomic_load_n(&shared->inside, __ATOMIC_ACQUIRE))
		;
	lock_release(&shared->lock);
	return NULL;
}

/* As often as was asked for, and no longer; at least once. */
static void test_try_often(void **state)
{
	struct shared shared = { 0 };
	pthread_t thread;
	uint32_t tag = lock_tag(1, 1), other = lock_tag(2, 1);

	(void)state;
	assert_true(lock_try_often(&shared.lock, tag, 1));
	assert_false(lock_try_often(&shared.lock, other, 1));
	assert_false(lock_try_often(&shared.lock, other, 1000));
	assert_int_equal(shared.lock.word, tag);
	assert_int_equal(pthread_create(&thread, NULL, release_soon, &shared),
			 0);
	__atomic_store_n(&shared.inside, 1, __ATOMIC_RELEASE);
	while (!lock_try_often(&shared.lock, other, 1000))
		;
	assert_int_equal(shared.lock.word, other);
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_reentered),
		cmocka_unit_test(test_orphaned),
		cmocka_unit_test(test_one_adopts),
		cmocka_unit_test(test_sleepers_wake),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_try_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
