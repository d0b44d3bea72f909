/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "cache/depot.h"
#include "tests/unit/fixture.h"

#define NR_SLOTS   1000u
#define NR_THREADS 6
#define NR_ROUNDS  50000

static struct arena arena;
static struct slot slots[NR_SLOTS];

static int begin(void **state)
{
	(void)state;
	fixture_init_os();
	unit_must(arena_init(&arena, 256 << 10, 64 << 10));
	depot_init(&arena);
	for (uintptr_t i = 0; i < NR_SLOTS; i++)
		slots[i] = (struct slot){ (char *)i, (uint8_t *)(i * 2) };
	return 0;
}

/* Takes @nr, each the pair that it was, and marks it in @seen. */
static void take(struct depot *depot, unsigned int max, unsigned int nr,
		 bool *seen)
{
	struct slot out[NR_SLOTS];

	assert_int_equal(depot_take(depot, out, max), nr);
	for (unsigned int i = 0; i < nr; i++) {
		uintptr_t number = (uintptr_t)out[i].address;

		assert_true(number < NR_SLOTS);
		assert_int_equal((uintptr_t)out[i].state, number * 2);
		assert_false(seen[number]);
		seen[number] = true;
	}
}

/* Parcels come out one at a time, and in parts if less is wanted. */
static void test_parcels(void **state)
{
	struct depot depot = { 0 };
	bool seen[NR_SLOTS] = { false };

	(void)state;
	assert_true(depot_is_empty(&depot));
	take(&depot, 1, 0, seen);
	assert_int_equal(depot_put(&depot, slots, 0), 0);
	assert_true(depot_is_empty(&depot));
	assert_int_equal(depot_put(&depot, slots, 2 * DEPOT_SLOTS + 5),
			 2 * DEPOT_SLOTS + 5);
	assert_false(depot_is_empty(&depot));
	take(&depot, 2, 2, seen);
	take(&depot, NR_SLOTS, 3, seen);
	take(&depot, NR_SLOTS, DEPOT_SLOTS, seen);
	take(&depot, DEPOT_SLOTS - 1, DEPOT_SLOTS - 1, seen);
	assert_false(depot_is_empty(&depot));
	take(&depot, DEPOT_SLOTS, 1, seen);
	assert_true(depot_is_empty(&depot));
	for (unsigned int i = 0; i < 2 * DEPOT_SLOTS + 5; i++)
		assert_true(seen[i]);
}

/* Parcels that are empty serve again, in any depot. */
static void test_parcels_serve_again(void **state)
{
	struct depot depots[2] = { { { 0 } } };
	size_t used;

	(void)state;
	assert_int_equal(depot_put(&depots[0], slots, NR_SLOTS), NR_SLOTS);
	/* One is in the hands of who moves what it held. */
	used = arena.next + 1024;
	for (int i = 0; i < 100; i++) {
		struct depot *from = &depots[i % 2], *to = &depots[!(i % 2)];
		bool seen[NR_SLOTS] = { false };
		unsigned int nr = 0;

		while (!depot_is_empty(from)) {
			struct slot out[DEPOT_SLOTS];
			unsigned int got = depot_take(from, out, DEPOT_SLOTS);

			for (unsigned int k = 0; k < got; k++)
				seen[(uintptr_t)out[k].address] = true;
			assert_int_equal(depot_put(to, out, got), got);
		}
		for (unsigned int k = 0; k < NR_SLOTS; k++)
			nr += seen[k];
		assert_int_equal(nr, NR_SLOTS);
	}
	assert_true(arena.next <= used);
}

static struct depot shared;
static bool holds[NR_SLOTS]; /* by whoever took the slot */

static void *churn(void *arg)
{
	uint64_t seed = (uintptr_t)arg;
	uint64_t wrong = 0;

	for (int i = 0; i < NR_ROUNDS; i++) {
		unsigned int max = unit_random(&seed) % DEPOT_SLOTS + 1;
		struct slot out[DEPOT_SLOTS];
		unsigned int nr = depot_take(&shared, out, max);

		for (unsigned int k = 0; k < nr; k++)
			wrong += __atomic_exchange_n(
				&holds[(uintptr_t)out[k].address], true,
				__ATOMIC_RELAXED);
		for (unsigned int k = 0; k < nr; k++)
			__atomic_store_n(&holds[(uintptr_t)out[k].address],
					 false, __ATOMIC_RELAXED);
		wrong += depot_put(&shared, out, nr) != nr;
	}
	return (void *)wrong;
}

/* No slot is had by two, and none is lost. */
static void test_threads(void **state)
{
	bool seen[NR_SLOTS] = { false };
	unsigned int nr = 0;

	(void)state;
	assert_int_equal(depot_put(&shared, slots, NR_SLOTS), NR_SLOTS);
	unit_run_threads(churn, NR_THREADS);
	for (; !depot_is_empty(&shared); nr++)
		take(&shared, 1, 1, seen);
	assert_int_equal(nr, NR_SLOTS);
}

/* It is told how many were put, and all of these come out. */
static void test_no_memory(void **state)
{
	struct depot depot = { 0 };
	size_t put = 0, got = 0;
	unsigned int done, nr;
	struct slot out[7];

	(void)state;
	do {
		done = depot_put(&depot, slots, NR_SLOTS);
		put += done;
	} while (done == NR_SLOTS);
	assert_int_equal(done % DEPOT_SLOTS, 0);
	assert_true(arena.size - arena.next < 1024);
	assert_int_equal(depot_put(&depot, slots, 1), 0);
	while ((nr = depot_take(&depot, out, array_size(out))))
		got += nr;
	assert_int_equal(got, put);
	assert_int_equal(depot_put(&depot, slots, NR_SLOTS), NR_SLOTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parcels),
		cmocka_unit_test(test_parcels_serve_again),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
