/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "region/region.h"
#include "tests/unit/fixture.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

#define TAG		 lock_tag(1, 1)
#define BLOCKS		 1200
#define CHUNKS_PER_BLOCK (BLOCK_SIZE / CHUNK_SIZE)

/* Begins anew. */
static void begin(size_t blocks)
{
	if (region.base)
		region_fini();
	assert_true(region_init(blocks * BLOCK_SIZE));
	assert_int_equal(region.nr_blocks, blocks);
}

static char *take(size_t blocks, uint64_t random, uint32_t tag)
{
	const struct region_asker asker = { random, tag, true, false };

	return region_take_extent(blocks, &asker);
}

static size_t block_of(const char *extent)
{
	assert_non_null(extent);
	assert_int_equal((extent - region.base) % BLOCK_SIZE, 0);
	return (extent - region.base) / BLOCK_SIZE;
}

static void test_init(void **state)
{
	(void)state;
	begin(BLOCKS);
	assert_int_equal((uintptr_t)region.base % BLOCK_SIZE, 0);
	assert_true(region.window_blocks && region.window_blocks <= BLOCKS);
	assert_int_equal(region_nr_chunks(),
			 region.window_blocks * CHUNKS_PER_BLOCK);
	assert_false(unit_can_read(region.base - 1));
	assert_false(unit_can_read(region.base));
	assert_false(unit_can_read(region.base + BLOCKS * BLOCK_SIZE));
	/* Records: readable for all of it, guarded on both sides. */
	assert_false(unit_can_read(region.table - 1));
	assert_int_equal(region.size, BLOCKS * BLOCK_SIZE);
	assert_true(
		unit_can_read(region_record_of(region.base + region.size - 1)));
	assert_true(unit_can_read(
		region_record_of(region.base + region.reach - 1)));
	region_fini();
	assert_false(region_init(RESERVE_MIN - 1));
	/* What cannot be had is halved until it can. */
	memset(&region, 0, sizeof(region));
	assert_true(region_init(1ul << 55));
	assert_true(region.nr_blocks * BLOCK_SIZE >= RESERVE_MIN);
	assert_true(region.nr_blocks * BLOCK_SIZE < 1ul << 55);
}

/* As if it never had been: all of it can be had again. */
static void test_fini(void **state)
{
	const char *table;
	char *base, *again;

	(void)state;
	begin(BLOCKS);
	base = region.base;
	table = region.table;
	region_fini();
	assert_null(region.base);
	assert_false(unit_can_read(table));
	/* An address that is asked for and free is what one gets. */
	again = mmap(base, BLOCKS * BLOCK_SIZE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_equal(again, base);
	munmap(again, BLOCKS * BLOCK_SIZE);
	begin(BLOCKS);
	block_of(take(BLOCKS, 12345, TAG));
	region_check(TAG);
}

static void test_chunk_of(void **state)
{
	(void)state;
	begin(BLOCKS);
	for (size_t chunk = 0; chunk < region_nr_chunks(); chunk++) {
		char *base = region.base + chunk * CHUNK_SIZE;

		assert_int_equal(region_chunk_of(base), chunk);
		assert_int_equal(region_chunk_of(base + CHUNK_SIZE - 1), chunk);
		assert_ptr_equal(region_chunk_base(region_record(chunk)), base);
	}
	assert_true(region_holds(region.base + region.size - 1));
	assert_false(region_holds(region.base + region.size));
	assert_false(region_holds(region.base - 1));
	assert_false(region_holds(NULL));
	assert_false(region_holds((void *)UINTPTR_MAX));
	assert_true(region_chunk_of((void *)(uintptr_t)test_init) >=
		    region_nr_chunks());
	assert_false(region_holds(state));
}

struct map {
	bool taken[BLOCKS];
	size_t longest; /* run of free blocks */
};

static void find_longest(struct map *map)
{
	size_t run = 0;

	map->longest = 0;
	for (size_t i = 0; i < BLOCKS; i++) {
		run = map->taken[i] ? 0 : run + 1;
		if (run > map->longest)
			map->longest = run;
	}
}

static void check_records(const char *extent, size_t blocks)
{
	size_t first = region_chunk_of(extent);

	assert_true(first + blocks * CHUNKS_PER_BLOCK <= region_nr_chunks());
	for (size_t i = 0; i < blocks * CHUNKS_PER_BLOCK; i++) {
		unsigned char *record = region_record(first + i);

		for (size_t b = 0; b < 1u << CHUNK_RECORD_SHIFT; b++) {
			assert_int_equal(record[b], 0);
			record[b] = 0xee;
		}
	}
}

/* Extents never overlap; their records are zero; none is committed. */
static void fill(uint64_t *seed, size_t most)
{
	struct map map = { .longest = BLOCKS };

	while (map.longest) {
		size_t blocks = unit_random(seed) % most + 1;
		uint64_t random = unit_random(seed) << 32 ^ unit_random(seed);
		char *extent = take(blocks, random, TAG);

		if (!extent) {
			/* Never refused while one block of many is there. */
			assert_true(blocks > 1 || !map.longest);
			if (blocks == 1)
				break;
			continue;
		}
		check_records(extent, blocks);
		assert_false(unit_can_read(extent));
		assert_false(unit_can_read(extent + blocks * BLOCK_SIZE - 1));
		for (size_t i = block_of(extent); blocks--; i++) {
			assert_true(i < BLOCKS);
			assert_false(map.taken[i]);
			map.taken[i] = true;
		}
		find_longest(&map);
		assert_int_equal(region.lock.word, 0);
	}
	assert_null(take(1, unit_random(seed), TAG));
}

static void test_fill(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (size_t most = 1; most <= 32; most *= 2) {
		begin(BLOCKS);
		fill(&seed, most);
	}
}

/* Whatever the random number: the first and the last as well. */
static void test_any_random(void **state)
{
	(void)state;
	begin(BLOCKS);
	block_of(take(3, 0, TAG));
	block_of(take(3, UINT64_MAX, TAG));
	block_of(take(3, region.window_blocks - 1, TAG));
	block_of(take(3, region.window_blocks, TAG));
}

/* One extent may be the whole region, more it may not. */
static void test_whole(void **state)
{
	(void)state;
	begin(BLOCKS);
	assert_ptr_equal(take(BLOCKS, 12345, TAG), region.base);
	assert_null(take(1, 12345, TAG));
	begin(BLOCKS);
	assert_null(take(BLOCKS + 1, 12345, TAG));
	assert_null(take(SIZE_MAX / BLOCK_SIZE, 12345, TAG));
	block_of(take(1, 12345, TAG));
}

/* Places differ from run to run, or G2's ground could be computed. */
static void test_random_places(void **state)
{
	uint64_t seed = unit_seed();
	unsigned int places[256] = { 0 };

	(void)state;
	for (int i = 0; i < 5120; i++) {
		memset(region.taken, 0, 256 / 8);
		places[block_of(take(1, unit_random(&seed), TAG))]++;
	}
	for (int i = 0; i < 256; i++)
		assert_in_range(places[i], 1, 60);
}

/* The last blocks are kept for those who have none of their kind. */
static void test_headroom(void **state)
{
	struct region_asker asker = { 0, TAG, false, false };
	size_t got = 0, kept = 0;

	(void)state;
	begin(64);
	while (region_take_extent(1, &asker))
		got++;
	asker.is_first = true;
	while (region_take_extent(1, &asker))
		kept++;
	assert_int_equal(got + kept, 64);
	assert_in_range(kept, 4, 16);
}

/* They lie in one piece, wherever those who had none wanted to begin. */
static void test_headroom_is_whole(void **state)
{
	struct region_asker asker = { 248, TAG, true, false };

	(void)state;
	begin(256);
	for (int i = 0; i < 8; i++)
		assert_non_null(region_take_extent(1, &asker));
	asker.is_first = false;
	while (region_take_extent(1, &asker))
		;
	asker.is_first = true;
	assert_non_null(region_take_extent(1, &asker));
	assert_non_null(region_take_extent(15, &asker));
	assert_null(region_take_extent(1, &asker));
}

/* What comes back is free again, and the window as small as it was. */
static void test_give(void **state)
{
	size_t window, reach;
	char *kept, *extent;

	(void)state;
	begin(BLOCKS);
	window = region.window_blocks;
	kept = take(3, 5, TAG);
	extent = take(BLOCKS - window, 7, TAG);
	reach = region.reach;
	assert_true(region.window_blocks > window);
	region_give_extent(extent, BLOCKS - window, TAG);
	region_check(TAG);
	assert_int_equal(region.nr_taken, 3);
	assert_int_equal(region.window_blocks, window);
	/* Who looks into the table at that moment still may. */
	assert_int_equal(region.reach, reach);
	assert_true(unit_can_read(region_record_of(region.base + reach - 1)));
	check_records(take(BLOCKS - window, 7, TAG), BLOCKS - window);
	assert_int_equal(region.reach, reach);
	/* Below one that stays, only the place comes back. */
	region_give_extent(kept, 3, TAG);
	assert_true(region.window_blocks > window);
	assert_ptr_equal(take(3, 5, TAG), kept);
}

static void test_reentered(void **state)
{
	(void)state;
	begin(BLOCKS);
	region.lock.word = TAG;
	assert_null(take(1, 0, TAG));
	assert_int_equal(region.lock.word, TAG);
	/* The holder vanished in a fork: the map is as good as before. */
	block_of(take(1, 0, lock_tag(2, 2)));
	assert_int_equal(region.lock.word, 0);
}

#define NR_THREADS 4
#define NR_EACH	   250

static void *take_many(void *arg)
{
	uint64_t seed = (uintptr_t)arg * 0x9e3779b97f4a7c15 | 1;
	uint32_t tag = lock_tag((uintptr_t)arg + 1, 1);
	char **out = test_calloc(NR_EACH, sizeof(*out));

	for (int i = 0; i < NR_EACH; i++)
		out[i] = take(1, unit_random(&seed), tag);
	return out;
}

static void test_threads(void **state)
{
	pthread_t threads[NR_THREADS];
	bool seen[BLOCKS] = { false };

	(void)state;
	begin(BLOCKS);
	for (uintptr_t i = 0; i < NR_THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, take_many, (void *)i),
			0);
	for (int i = 0; i < NR_THREADS; i++) {
		char **out;

		pthread_join(threads[i], (void **)&out);
		for (int e = 0; e < NR_EACH; e++) {
			size_t block = block_of(out[e]);

			assert_false(seen[block]);
			seen[block] = true;
		}
		test_free(out);
	}
}

static void harm(int how)
{
	begin(BLOCKS);
	unit_must(take(3, 12345, TAG));
	region_check(TAG);
	switch (how) {
	case 0:
		region.nr_taken--;
		break;
	case 1:
		region.taken[1] ^= 1;
		break;
	case 2:
		region.reach -= CHUNK_SIZE;
		break;
	}
	region_check(TAG);
}

static void test_damage_is_seen(void **state)
{
	static const char *const words[] = {
		"map of the region",
		"map of the region",
		"map of the region",
	};

	(void)state;
	unit_run_harms(harm, words, array_size(words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_fini),
		cmocka_unit_test(test_chunk_of),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_any_random),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_random_places),
		cmocka_unit_test(test_headroom),
		cmocka_unit_test(test_headroom_is_whole),
		cmocka_unit_test(test_give),
		cmocka_unit_test(test_reentered),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_damage_is_seen),
	};

	fixture_init_os();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
