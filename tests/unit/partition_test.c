/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/partition.h"

#define NR_SECRETS 200
#define NR_KEYS	   20000

static uint64_t new_secret(uint64_t *seed)
{
	return (unit_random(seed) << 32 ^ unit_random(seed)) | 1;
}

/* A key as the compiler makes them, and one as a return address is. */
static uint64_t token_key(uint64_t *seed)
{
	return unit_random(seed) << 32 ^ unit_random(seed);
}

static uint64_t site_key(uint64_t *seed)
{
	return 0x555555554000 + unit_random(seed) % (8ul << 20);
}

typedef uint64_t (*map)(uint64_t key, uint64_t secret, uint64_t count);

static const map maps[] = {
	partition_of_token,
	partition_of_number,
	partition_of_site,
};

static void check_range(map row_of)
{
	uint64_t seed = unit_seed();

	for (uint64_t count = 1; count <= 4096; count++) {
		uint64_t secret = new_secret(&seed);

		for (int i = 0; i < 100; i++) {
			uint64_t key = token_key(&seed);

			assert_true(row_of(key, secret, count) < count);
			assert_int_equal(row_of(key, secret, count),
					 row_of(key, secret, count));
			assert_int_equal(row_of(key, secret, 1), 0);
		}
		assert_true(row_of(UINT64_MAX, secret, count) < count);
		assert_true(row_of(1, UINT64_MAX, count) < count);
		assert_true(row_of(secret, secret, count) < count);
	}
}

static void test_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_size(maps); i++)
		check_range(maps[i]);
}

/*
 * No row is off its share by more than @percent, whatever the secret: 20,000
 * keys on 16 rows are 1,250 each, sigma 34, or 2.7 %. Through 2,048 buckets
 * they are 128 buckets each, sigma 11, or 9 %, and more for the few secrets
 * that do not use all of them: of 300 runs of this test 40 found a row off by
 * 40 %, of 400 runs 3 one by 60 %, of 600 none by 90 %.
 */
static void check_spread(map row_of, uint64_t (*make_key)(uint64_t *),
			 uint64_t count, unsigned int percent)
{
	unsigned int share = NR_KEYS / count;
	uint64_t seed = unit_seed();

	for (int s = 0; s < NR_SECRETS; s++) {
		uint64_t secret = new_secret(&seed);
		unsigned int rows[64] = { 0 };

		for (int i = 0; i < NR_KEYS; i++)
			rows[row_of(make_key(&seed), secret, count)]++;
		for (uint64_t row = 0; row < count; row++) {
			assert_in_range(rows[row],
					share - share * percent / 100,
					share + share * percent / 100);
		}
	}
}

static void test_spread_tokens(void **state)
{
	(void)state;
	check_spread(partition_of_token, token_key, 8, 25);
	check_spread(partition_of_token, token_key, 12, 25);
	check_spread(partition_of_token, token_key, 16, 25);
}

/* The lowest secrets there could be would not spread sites; real ones do. */
static void test_spread_sites(void **state)
{
	(void)state;
	check_spread(partition_of_site, site_key, 16, 90);
}

/*
 * 64 keys at equal distances, as calls in unrolled code are, on 16 rows: fewer
 * than 13 are used with seven secrets of 2,000; where equal distances stay
 * equal, with one in sixteen.
 */
static void check_lattice(map row_of, uint64_t first, uint64_t step)
{
	uint64_t seed = unit_seed();
	unsigned int few = 0;

	for (int s = 0; s < 2000; s++) {
		uint64_t secret = new_secret(&seed);
		uint64_t used = 0;

		for (uint64_t i = 0; i < 64; i++)
			used |= 1ul << row_of(first + i * step, secret, 16);
		few += __builtin_popcountl(used) < 13;
	}
	assert_in_range(few, 0, 40);
}

static void test_lattice(void **state)
{
	static const uint64_t steps[] = { 5, 16, 23, 64, 4096, 1ul << 20 };

	(void)state;
	check_lattice(partition_of_number, 1, 1);
	for (size_t i = 0; i < array_size(steps); i++)
		check_lattice(partition_of_site, 0x555555555000, steps[i]);
}

/* Which keys share a row changes with the secret. */
static void test_secret_decides(void **state)
{
	uint64_t seed = unit_seed();
	uint64_t one = token_key(&seed) | 1;
	uint64_t other = token_key(&seed) & ~1ul;

	(void)state;
	for (size_t m = 0; m < array_size(maps); m++) {
		unsigned int together = 0;

		for (int i = 0; i < 8000; i++) {
			uint64_t secret = new_secret(&seed);

			together += maps[m](one, secret, 8) ==
				    maps[m](other, secret, 8);
		}
		/* One in eight is 1,000; a related pair of keys moves it. */
		assert_in_range(together, 300, 2500);
	}
}

static void test_tokens(void **state)
{
	(void)state;
	assert_int_equal(token_of_fast(0), 0);
	for (uint64_t n = 1; n < NR_FAST_TOKENS; n++) {
		assert_int_equal(token_of_fast(n), TOKEN_SMALL + n);
		assert_true(token_of_fast(n) < TOKEN_HASHED);
	}
	assert_int_equal(token_holds_pointers(0), 0);
	assert_int_equal(token_holds_pointers(UINT64_MAX / 2), 0);
	assert_int_equal(token_holds_pointers(UINT64_MAX / 2 + 1), 1);
	assert_int_equal(token_holds_pointers(UINT64_MAX), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_spread_tokens),
		cmocka_unit_test(test_spread_sites),
		cmocka_unit_test(test_lattice),
		cmocka_unit_test(test_secret_decides),
		cmocka_unit_test(test_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
