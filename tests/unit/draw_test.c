/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/size_class.h"
#include "slab/draw.h"
#include "tests/unit/fixture.h"

#define NR_MOST 4096

static uint64_t seed;

/* All slots come once, whatever the batches, and all can be given back. */
static void test_all_once(void **state)
{
	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		struct slab *slab = fixture_slab(class, 0);
		struct slot out[NR_MOST];
		unsigned int nr = 0, got;

		while (slab_has_room(slab)) {
			got = slab_draw_slots_locked(
				slab, out + nr, 1 + unit_random(&seed) % 16,
				&seed);
			assert_true(got > 0);
			for (; got; got--, nr++)
				assert_int_equal(*out[nr].state, SLOT_STOCK);
			slab_check(slab);
		}
		assert_int_equal(nr, slab->nr_slots);
		for (unsigned int i = 0; i < nr; i++) {
			size_t at = out[i].address - region_chunk_base(slab);

			assert_int_equal(at % slab->size, 0);
			assert_ptr_equal(out[i].state,
					 &slab->states[at / slab->size]);
			slab_give_slots_locked(slab, &out[i], 1);
		}
		assert_true(slab_is_empty(slab));
		slab_check(slab);
	}
}

/* The first batches of a slab touch a page or two, not all of it. */
static void test_young_slab_is_narrow(void **state)
{
	struct slab *slab = fixture_slab(class_of(64), 0);
	struct slot out[8];

	(void)state;
	for (int i = 0; i < 8; i++) {
		unsigned int got = slab_draw_slots_locked(slab, out, 1, &seed);

		assert_int_equal(got, 1);
		assert_true((size_t)(out[0].address - region_chunk_base(slab)) <
			    (size_t)(i + 1) * 4096);
	}
	while (slab->nr_used < slab->nr_slots && slab->nr_free < DRAW_POOL)
		slab_draw_slots_locked(slab, out, 1, &seed);
	assert_true(slab->nr_free >= DRAW_POOL);
}

/*
 * The next slot is one of at least 2^8 equally likely ones: no slot and no
 * distance from the slot before comes more often than once in 256 draws.
 */
static void test_min_entropy(void **state)
{
	static unsigned int seen[NR_MOST], distance[NR_MOST];
	struct slab *slab = fixture_slab(class_of(32), 0);
	const unsigned int nr = slab->nr_slots, draws = 1000000;
	unsigned int last = 0;
	struct slot out[NR_MOST];

	(void)state;
	/* All of the slab is in use, and five slots in eight are free. */
	for (unsigned int i = 0; i < nr; i += 16)
		slab_draw_slots_locked(slab, out + i, 16, &seed);
	slab_give_slots_locked(slab, out, 1);
	for (unsigned int i = 1; i < nr / 8 * 5; i++)
		slab_give_slots_locked(slab, &out[i], 1);
	for (unsigned int i = 0; i < draws; i++) {
		unsigned int slot;

		slab_draw_slots_locked(slab, out, 1, &seed);
		slot = out[0].state - slab->states;
		seen[slot]++;
		distance[(slot - last + nr) % nr]++;
		last = slot;
		slab_give_slots_locked(slab, out, 1);
	}
	for (unsigned int i = 0; i < nr; i++) {
		assert_true(seen[i] <= draws / 256);
		assert_true(distance[i] <= draws / 256);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_once),
		cmocka_unit_test(test_young_slab_is_narrow),
		cmocka_unit_test(test_min_entropy),
	};

	seed = unit_seed() | 1;
	return cmocka_run_group_tests(tests, fixture_begin, NULL);
}
