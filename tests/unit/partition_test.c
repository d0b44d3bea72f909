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

static void test_range(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (uint64_t count = 1; count <= 4096; count++) {
		uint64_t secret = new_secret(&seed);

		for (int i = 0; i < 100; i++) {
			uint64_t key = token_key(&seed);

			assert_true(partition_hash(key, secret, count) < count);
		}
		assert_true(partition_hash(UINT64_MAX, secret, count) < count);
		assert_true(partition_hash(1, UINT64_MAX, count) < count);
		assert_true(partition_hash(secret, secret, count) < count);
	}
}

static void test_determinism(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t key = token_key(&seed);
		uint64_t secret = new_secret(&seed);

		assert_int_equal(partition_hash(key, secret, 8),
				 partition_hash(key, secret, 8));
		assert_int_equal(partition_hash(key, secret, 1), 0);
	}
}

/*
 * No row has more than its share by a quarter and a bit, whatever the secret;
 * 20,000 keys on 16 rows: 1,250 each, sigma 34.
 */
static void check_spread(uint64_t (*make_key)(uint64_t *), uint64_t count)
{
	uint64_t seed = unit_seed();

	for (int s = 0; s < NR_SECRETS; s++) {
		uint64_t secret = new_secret(&seed);
		unsigned int rows[64] = { 0 };

		for (int i = 0; i < NR_KEYS; i++) {
			uint64_t key = make_key(&seed);

			rows[partition_hash(key, secret, count)]++;
		}
		for (uint64_t row = 0; row < count; row++) {
			assert_true(rows[row] > NR_KEYS / count * 2 / 3);
			assert_true(rows[row] < NR_KEYS / count * 4 / 3);
		}
	}
}

static void test_spread_tokens(void **state)
{
	(void)state;
	check_spread(token_key, 8);
	check_spread(token_key, 12);
	check_spread(token_key, 16);
}

/* The lowest secrets there could be would not spread sites; real ones do. */
static void test_spread_sites(void **state)
{
	(void)state;
	check_spread(site_key, 16);
}

/* Which keys share a row changes with the secret. */
static void test_secret_decides(void **state)
{
	uint64_t seed = unit_seed();
	uint64_t one = token_key(&seed) | 1;
	uint64_t other = token_key(&seed) & ~1ul;
	unsigned int together = 0;

	(void)state;
	for (int i = 0; i < 8000; i++) {
		uint64_t secret = new_secret(&seed);

		together += partition_hash(one, secret, 8) ==
			    partition_hash(other, secret, 8);
	}
	/* One in eight is 1,000, sigma 30; a related pair of keys moves it. */
	assert_in_range(together, 300, 2500);
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
		cmocka_unit_test(test_determinism),
		cmocka_unit_test(test_spread_tokens),
		cmocka_unit_test(test_spread_sites),
		cmocka_unit_test(test_secret_decides),
		cmocka_unit_test(test_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
