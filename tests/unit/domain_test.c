/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/domain.h"
#include "policy/partition.h"

static void check(const struct row_set *rows, unsigned int row,
		  enum domain domain, unsigned int partition)
{
	struct row_name name = domain_name_row(rows, row);

	assert_int_equal(name.domain, domain);
	assert_int_equal(name.partition, partition);
}

/* Every row of many counts. */
static void test_typed(void **state)
{
	(void)state;
	for (unsigned int u = 1; u <= 20; u++) {
		for (unsigned int d = 1; d <= 20; d++) {
			const struct row_set rows[NR_DOMAINS] = {
				[DOMAIN_UNKNOWN] = { u, 0 },
				[DOMAIN_DATA] = { d, u },
				[DOMAIN_POINTER] = { 7, u + d },
			};

			for (unsigned int i = 0; i < u; i++)
				check(rows, i, DOMAIN_UNKNOWN, i);
			for (unsigned int i = 0; i < d; i++)
				check(rows, u + i, DOMAIN_DATA, i);
			for (unsigned int i = 0; i < 7; i++)
				check(rows, u + d + i, DOMAIN_POINTER, i);
		}
	}
}

static void test_same_rows(void **state)
{
	const struct row_set all = { 16, 0 };
	const struct row_set rows[NR_DOMAINS] = { all, all, all };

	(void)state;
	for (unsigned int i = 0; i < 16; i++)
		check(rows, i, DOMAIN_UNKNOWN, i);
}

/* A row of none, as a reader of another process may find. */
static void test_outside(void **state)
{
	const struct row_set rows[NR_DOMAINS] = {
		[DOMAIN_UNKNOWN] = { 4, 0 },
		[DOMAIN_DATA] = { 4, 4 },
		[DOMAIN_POINTER] = { 4, 8 },
	};

	(void)state;
	check(rows, 12, DOMAIN_UNKNOWN, 12);
	check(rows, UINT32_MAX, DOMAIN_UNKNOWN, UINT32_MAX);
}

static void test_tokens(void **state)
{
	static const struct {
		uint64_t token, max;
		enum domain domain;
	} cases[] = {
		{ 1, 0, DOMAIN_UNKNOWN },
		{ TOKEN_SMALL - 1, 0, DOMAIN_UNKNOWN },
		{ 1, 2, DOMAIN_POINTER },
		{ 7, 16, DOMAIN_DATA },
		{ 8, 16, DOMAIN_POINTER },
		{ 15, 16, DOMAIN_POINTER },
		{ 16, 16, DOMAIN_UNKNOWN },
		{ TOKEN_SMALL + 7, 0, DOMAIN_DATA },
		{ TOKEN_SMALL + 8, 0, DOMAIN_POINTER },
		{ TOKEN_SMALL + 16, 0, DOMAIN_UNKNOWN },
		{ TOKEN_SMALL + 16, 64, DOMAIN_DATA },
		{ TOKEN_SMALL + 32, 64, DOMAIN_POINTER },
		{ TOKEN_HASHED, 0, DOMAIN_DATA },
		{ UINT64_MAX / 2, 16, DOMAIN_DATA },
		{ UINT64_MAX / 2 + 1, 0, DOMAIN_POINTER },
		{ UINT64_MAX, 16, DOMAIN_POINTER },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++)
		assert_int_equal(domain_of_token(cases[i].token, cases[i].max),
				 cases[i].domain);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(domain_name(DOMAIN_UNKNOWN), "unknown");
	assert_string_equal(domain_name(DOMAIN_DATA), "data");
	assert_string_equal(domain_name(DOMAIN_POINTER), "pointer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_same_rows),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
