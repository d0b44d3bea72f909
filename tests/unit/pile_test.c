/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "os/os.h"
#include "region/pile.h"
#include "tests/unit/fixture.h"

#define NR_NODES   24
#define NR_THREADS 6
#define NR_ROUNDS  200000

struct thing {
	struct pile_node node;
	uint32_t holders; /* more than one: it came off twice */
	char rest[56];
};

static struct arena arena;
static struct pile pile;
static struct thing *things[NR_NODES];

static struct thing *pop(void)
{
	return (struct thing *)pile_pop(&pile, &arena);
}

static int begin(void **state)
{
	(void)state;
	fixture_init_os();
	unit_must(arena_init(&arena, 1 << 20, 64 << 10));
	for (int i = 0; i < NR_NODES; i++) {
		things[i] = arena_take(&arena, sizeof(**things), PILE_ALIGN);
		unit_must(things[i]);
	}
	return 0;
}

/* The newest first; the arena's very first place is one, too. */
static void test_order(void **state)
{
	(void)state;
	assert_ptr_equal(things[0], arena.base);
	assert_true(pile_is_empty(&pile));
	assert_null(pop());
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < NR_NODES; i++)
			pile_push(&pile, &arena, &things[i]->node);
		assert_false(pile_is_empty(&pile));
		for (int i = NR_NODES; i-- > 0;)
			assert_ptr_equal(pop(), things[i]);
		assert_true(pile_is_empty(&pile));
		assert_null(pop());
	}
}

/* A look that is out of date is found out, though the same node is on top. */
static void test_changes_count(void **state)
{
	uint64_t before;

	(void)state;
	pile_push(&pile, &arena, &things[0]->node);
	before = pile.top;
	assert_ptr_equal(pop(), things[0]);
	pile_push(&pile, &arena, &things[0]->node);
	assert_int_equal((uint32_t)pile.top, (uint32_t)before);
	assert_true(pile.top != before);
	assert_ptr_equal(pop(), things[0]);
}

/* Two at a time, put back in either order. */
static void *churn(void *arg)
{
	uint64_t seed = (uintptr_t)arg;
	uint64_t wrong = 0;

	for (int i = 0; i < NR_ROUNDS; i++) {
		struct thing *had[2] = { pop(), pop() };
		unsigned int first = unit_random(&seed) % 2;

		for (int k = 0; k < 2; k++) {
			if (had[k])
				wrong += __atomic_fetch_add(&had[k]->holders, 1,
							    __ATOMIC_RELAXED);
		}
		for (unsigned int k = 0; k < 2; k++) {
			struct thing *thing = had[k ^ first];

			if (!thing)
				continue;
			__atomic_fetch_sub(&thing->holders, 1,
					   __ATOMIC_RELAXED);
			pile_push(&pile, &arena, &thing->node);
		}
	}
	return (void *)wrong;
}

/* Few nodes for many threads: each is one's alone, and none is lost. */
static void test_threads(void **state)
{
	unsigned int nr = 0;

	(void)state;
	for (int i = 0; i < NR_NODES; i++)
		pile_push(&pile, &arena, &things[i]->node);
	unit_run_threads(churn, NR_THREADS);
	while (pop())
		nr++;
	assert_int_equal(nr, NR_NODES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_changes_count),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
