/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "region/ground.h"
#include "region/region.h"
#include "tests/unit/fixture.h"

#include <sys/resource.h>

#define TAG	   lock_tag(1, 1)
#define NR_GROUNDS 3
#define BLOCKS	   8192

/* Who owns each chunk of the region: 0 nobody, else the ground's number. */
static unsigned char owners[BLOCKS * (BLOCK_SIZE / CHUNK_SIZE)];

static char *take(struct ground *ground, size_t size, uint64_t random)
{
	const struct region_asker asker = { random, TAG, true, false };

	return ground_take(ground, size, &asker);
}

static void begin(size_t blocks)
{
	memset(&region, 0, sizeof(region));
	memset(owners, 0, sizeof(owners));
	assert_true(region_init(blocks * BLOCK_SIZE));
}

static void check_invariant(const struct ground *ground)
{
	assert_true(ground->start < ground->next);
	assert_true(ground->next <= ground->committed);
	assert_true(ground->committed <= ground->end);
	assert_int_equal(ground_left(ground), ground->end - ground->next);
	/* The grain before an extent stays unmapped. */
	assert_false(unit_can_read(ground->start - 1));
	assert_false(unit_can_read(ground->start - region_grain()));
	assert_true(unit_can_read(ground->next - 1));
}

static void claim(const char *got, size_t size, unsigned int who)
{
	size_t chunk = region_chunk_of(got);

	assert_int_equal((got - region.base) % region_grain(), 0);
	assert_true(chunk + (size >> CHUNK_SHIFT) <= region_nr_chunks());
	for (size_t i = 0; i < size >> CHUNK_SHIFT; i++) {
		assert_int_equal(owners[chunk + i], 0);
		owners[chunk + i] = who;
	}
}

static void check_zero(char *got, size_t size)
{
	for (size_t i = 0; i < size; i += 512) {
		assert_int_equal(got[i], 0);
		got[i] = 'x';
	}
	assert_int_equal(got[size - 1], 0);
	got[size - 1] = 'x';
}

/* Chunks of two grounds never touch: unmapped ground lies between. */
static void check_neighbours(void)
{
	for (size_t i = 1; i < sizeof(owners); i++)
		assert_true(!owners[i] || !owners[i - 1] ||
			    owners[i] == owners[i - 1]);
}

static void test_take(void **state)
{
	uint64_t seed = unit_seed();
	struct ground grounds[NR_GROUNDS] = { 0 };

	(void)state;
	begin(BLOCKS);
	for (int i = 0; i < 2000; i++) {
		unsigned int who = unit_random(&seed) % NR_GROUNDS;
		size_t chunks = unit_random(&seed) % 100
					? unit_random(&seed) % 8 + 1
					: unit_random(&seed) % 500 + 1;
		size_t size = chunks * region_grain();
		char *got = take(&grounds[who], size, unit_random(&seed));

		assert_non_null(got);
		check_zero(got, size);
		claim(got, size, who + 1);
		check_invariant(&grounds[who]);
	}
	check_neighbours();
}

/* All that ground_left() says can be had without another extent. */
static void test_left(void **state)
{
	struct ground ground = { 0 };
	char *first, *rest;
	size_t left;

	(void)state;
	begin(BLOCKS);
	assert_int_equal(ground_left(&ground), 0);
	first = take(&ground, region_grain(), 77);
	left = ground_left(&ground);
	assert_int_equal(left, ground.blocks * BLOCK_SIZE - 2 * region_grain());
	rest = take(&ground, left, 78);
	assert_ptr_equal(rest, first + region_grain());
	assert_int_equal(ground_left(&ground), 0);
	check_zero(rest, left);
}

/* 1 GiB grain by grain takes few extents: they double. */
static void test_few_extents(void **state)
{
	struct ground ground = { 0 };
	unsigned int nr_extents = 0;
	uint64_t seed = unit_seed();
	char *start = NULL;
	size_t blocks = 0;

	(void)state;
	begin(16ul << 30 >> 18);
	if (region.nr_blocks < 16ul << 30 >> 18)
		unit_needs("16 GiB of addresses");
	for (size_t at = 0; at < 1ul << 30; at += region_grain()) {
		assert_non_null(
			take(&ground, region_grain(), unit_random(&seed)));
		if (ground.start != start) {
			nr_extents++;
			assert_true(ground.blocks >= blocks);
			blocks = ground.blocks;
			start = ground.start;
		}
	}
	assert_in_range(nr_extents, 2, 12);
}

/* A small region is shared: no ground takes much more than it asked for. */
static void test_small_region(void **state)
{
	struct ground grounds[32] = { 0 };
	uint64_t seed = unit_seed();

	(void)state;
	begin(256);
	for (int round = 0; round < 8; round++) {
		for (int i = 0; i < 32; i++)
			assert_non_null(take(&grounds[i], region_grain(),
					     unit_random(&seed)));
	}
}

/* Those who have none leave room for a large object of another one. */
static void test_headroom_is_shared(void **state)
{
	const struct region_asker greedy = { 5, TAG, false, false };
	struct ground grounds[16] = { 0 };

	(void)state;
	begin(384);
	while (ground_take(&grounds[0], region_grain(), &greedy))
		;
	/* They had large extents before. */
	for (int i = 1; i < 15; i++) {
		grounds[i].blocks = 16;
		assert_non_null(take(&grounds[i], region_grain(), i));
	}
	assert_non_null(take(&grounds[15], 4 * BLOCK_SIZE, 5));
}

static void test_no_room(void **state)
{
	struct ground ground = { 0 };
	size_t got = 0;

	(void)state;
	begin(64);
	assert_null(take(&ground, 64 * BLOCK_SIZE, 5));
	while (take(&ground, region_grain(), got * 77))
		got++;
	/* All but the unmapped grain of each extent. */
	assert_in_range(got, 64 * (BLOCK_SIZE / region_grain() - 1),
			64 * (BLOCK_SIZE / region_grain()) - 1);
	assert_null(take(&ground, region_grain(), 5));
}

static void limit_data(void *unused)
{
	struct rlimit limit = { 1, RLIM_INFINITY };
	struct ground ground = { 0 };
	char *first, *next;

	(void)unused;
	first = take(&ground, region_grain(), 5);
	unit_must(first);
	while (ground.next < ground.committed)
		unit_must(take(&ground, region_grain(), 5));
	next = ground.next;
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	unit_must(!take(&ground, region_grain(), 5));
	unit_must(ground.next == next && ground.committed == next);
	/* And it goes on where it was once there is memory again. */
	limit.rlim_cur = RLIM_INFINITY;
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	unit_must(take(&ground, region_grain(), 5) == next);
}

static void test_no_memory(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	begin(BLOCKS);
	unit_run_well(limit_data, NULL);
}

/* What the limit counts of this process. */
static size_t data_size(void)
{
	char text[128] = { 0 };
	FILE *file = fopen("/proc/self/statm", "r");
	size_t pages = 0;

	unit_must(file && fgets(text, sizeof(text), file));
	fclose(file);
	sscanf(text, "%*u %*u %*u %*u %*u %zu", &pages);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/*
 * Who asks for more and more, and never has it, uses up neither the region nor
 * the memory of its table; nor does it lose what was there.
 */
static void ask_in_vain(void *unused)
{
	struct rlimit limit = { data_size() + (8ul << 20), RLIM_INFINITY };
	struct ground ground = { 0 };
	size_t taken, blocks, window = region.window_blocks;
	char *next;

	(void)unused;
	unit_must(take(&ground, region_grain(), 5));
	next = ground.next;
	taken = region.nr_taken;
	blocks = ground.blocks;
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	for (size_t i = 1; i < 40; i++)
		unit_must(!take(&ground, (40 + i) * 64 * BLOCK_SIZE, i * 77));
	unit_must(region.nr_taken == taken && region.window_blocks == window);
	unit_must(data_size() < limit.rlim_cur - (7ul << 20));
	unit_must(ground.next == next && ground.blocks == blocks);
	region_check(TAG);
	ground_check(&ground);
	unit_must(take(&ground, region_grain(), 5) == next);
	/* Records of what was had in vain are zero, and grow again. */
	for (size_t i = 0; i < region_nr_chunks(); i++)
		unit_must(!*(uint64_t *)region_record(i));
	limit.rlim_cur = RLIM_INFINITY;
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	unit_must(take(&ground, 4096 * BLOCK_SIZE, 5));
	memset(region_record(region_chunk_of(ground.end) - 1), 'x', 64);
	check_invariant(&ground);
}

static void test_in_vain(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	begin(BLOCKS);
	unit_run_well(ask_in_vain, NULL);
}

static void harm(int how)
{
	struct ground ground = { 0 };

	ground_check(&ground);
	unit_must(take(&ground, region_grain(), 5));
	ground_check(&ground);
	switch (how) {
	case 0:
		ground.next = ground.start - region_grain();
		break;
	case 1:
		ground.committed = ground.end + region_grain();
		break;
	case 2:
		ground.committed = ground.start;
		break;
	case 3:
		ground.blocks++;
		break;
	case 4:
		ground.start += region_grain();
		break;
	}
	ground_check(&ground);
}

static void test_damage_is_seen(void **state)
{
	static const char *const words[] = {
		"ground of a partition", "ground of a partition",
		"ground of a partition", "ground of a partition",
		"ground of a partition",
	};

	(void)state;
	begin(BLOCKS);
	unit_run_harms(harm, words, array_size(words));
}

/* Of many, each begins with one block; it grows as the others do. */
static void test_one_of_many(void **state)
{
	const struct region_asker asker = { 5, TAG, true, true };
	struct ground ground = { 0 };

	(void)state;
	begin(BLOCKS);
	assert_non_null(ground_take(&ground, CHUNK_SIZE, &asker));
	assert_int_equal(region.nr_taken, 1);
	assert_non_null(ground_take(&ground, BLOCK_SIZE, &asker));
	assert_int_equal(region.nr_taken, 3);
	check_invariant(&ground);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_of_many),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_few_extents),
		cmocka_unit_test(test_small_region),
		cmocka_unit_test(test_headroom_is_shared),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_in_vain),
		cmocka_unit_test(test_damage_is_seen),
	};

	fixture_init_os();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
