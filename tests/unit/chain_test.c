/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "cache/chain.h"
#include "os/lock.h"
#include "os/os.h"
#include "tests/unit/fixture.h"

#include <sys/mman.h>

#define TAG	 FIXTURE_TAG
#define NR_SLABS 600

static struct slab *slabs[NR_SLABS];
static uint32_t last;
static unsigned int nr_taken;
static enum given wanted;

static void take(struct slab *slab, enum given given, uint32_t tag)
{
	assert_int_equal(tag, TAG);
	assert_int_equal(given, wanted);
	assert_true(!nr_taken || slab_chunk(slab) < last);
	last = slab_chunk(slab);
	nr_taken++;
}

/* The first @nr slabs, in whatever order they are in. */
static uint32_t link_all(unsigned int nr)
{
	uint32_t chain = 0;

	for (unsigned int i = 0; i < nr; i++) {
		slabs[i]->next = chain;
		chain = slab_chunk(slabs[i]);
	}
	return chain;
}

static void give_back(unsigned int nr, bool refund)
{
	nr_taken = 0;
	wanted = refund ? GIVEN_REFUNDED : GIVEN_PURGED;
	chain_give_back(link_all(nr), refund, take, TAG);
	assert_int_equal(nr_taken, nr);
}

/* Each slab comes back once, the highest first, and its memory is zero. */
static void test_all_orders(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (unsigned int i = 0; i < NR_SLABS; i++)
		slabs[i] = fixture_slab(i % 12, 0);
	for (unsigned int nr = 0; nr <= NR_SLABS; nr = nr * 3 / 2 + 1) {
		for (unsigned int i = nr; i-- > 1;) {
			unsigned int other = unit_random(&seed) % (i + 1);
			struct slab *slab = slabs[i];

			slabs[i] = slabs[other];
			slabs[other] = slab;
		}
		for (unsigned int i = 0; i < nr; i++)
			*region_chunk_base(slabs[i]) = 'x';
		give_back(nr, false);
		for (unsigned int i = 0; i < nr; i++)
			assert_int_equal(*region_chunk_base(slabs[i]), 0);
	}
}

/* What is refunded cannot be read until it is committed again. */
static void test_refund(void **state)
{
	(void)state;
	give_back(NR_SLABS, true);
	for (unsigned int i = 0; i < NR_SLABS; i += 50)
		assert_false(unit_can_read(region_chunk_base(slabs[i])));
}

static struct slab *locked;

static void take_all_but_one(struct slab *slab, enum given given, uint32_t tag)
{
	assert_int_equal(tag, TAG);
	assert_int_equal(given, slab == locked ? GIVEN_NOT : GIVEN_PURGED);
	nr_taken++;
}

/* One slab that the system does not take keeps no neighbour. */
static void test_locked(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NR_SLABS; i++)
		slabs[i] = fixture_slab(i % 12, 0);
	locked = slabs[NR_SLABS / 2];
	/* Under a sanitizer it does nothing and says that it did. */
	if (UNIT_HAS_SANITIZER || mlock(region_chunk_base(locked), 1)) {
		print_message("# left out: mlock is refused\n");
		return;
	}
	for (unsigned int i = 0; i < NR_SLABS; i++)
		*region_chunk_base(slabs[i]) = 'x';
	nr_taken = 0;
	chain_give_back(link_all(NR_SLABS), false, take_all_but_one, TAG);
	assert_int_equal(nr_taken, NR_SLABS);
	for (unsigned int i = 0; i < NR_SLABS; i++)
		assert_int_equal(*region_chunk_base(slabs[i]),
				 slabs[i] == locked ? 'x' : 0);
}

/* Bytes of states whose page has memory. */
static size_t states_in_memory(const uint8_t *from, const uint8_t *to)
{
	uintptr_t start = round_down((uintptr_t)from, os_page_size());
	size_t nr = (size_t)((uintptr_t)to - start) / os_page_size() + 1;
	unsigned char has_memory[NR_SLABS];
	size_t sum = 0;

	assert_true(nr <= NR_SLABS);
	assert_true(os_look_for_memory((void *)start, nr * os_page_size(),
				       has_memory));
	for (size_t i = 0; i < nr; i++)
		sum += has_memory[i] & 1 ? os_page_size() : 0;
	return sum;
}

/* States go back with their slabs, but for those beside others'. */
static void test_states(void **state)
{
	struct slab *first, *kept, *last;
	size_t before, after;

	(void)state;
	for (unsigned int i = 0; i < NR_SLABS; i++) {
		slabs[i] = fixture_slab(i % 12, 0);
		memset(slabs[i]->states, 0, slabs[i]->nr_slots);
	}
	first = slabs[0];
	kept = slabs[NR_SLABS / 2];
	last = slabs[NR_SLABS - 1];
	*kept->states = SLOT_LIVE;
	slabs[NR_SLABS / 2] = slabs[1];
	slabs[1] = last;
	before = states_in_memory(first->states, last->states);
	give_back(NR_SLABS - 1, false);
	after = states_in_memory(first->states, last->states);
	assert_int_equal(*kept->states, SLOT_LIVE);
	/* The first page and the last are others', too. */
	assert_true(after <= 4 * os_page_size());
	assert_true(before >= 8 * os_page_size());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_orders),
		cmocka_unit_test(test_refund),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_states),
	};

	return cmocka_run_group_tests(tests, fixture_begin, NULL);
}
