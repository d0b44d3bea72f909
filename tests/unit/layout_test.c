/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/dedicated.h"
#include "heap/fork.h"
#include "heap/heap.h"
#include "heap/layout.h"
#include "os/os.h"
#include "region/region.h"

static uint64_t seed;

static uint64_t data_token(void)
{
	return (unit_random(&seed) << 32 ^ unit_random(&seed)) << 1 >> 1 |
	       1ul << 40;
}

static uint64_t pointer_token(void)
{
	return data_token() | 1ul << 63;
}

static bool is_in(enum domain domain, unsigned int row)
{
	const struct row_set *rows = &layout.rows[domain];

	return row >= rows->first && row < rows->first + rows->count;
}

/* In a child, with @options in the environment. */
static void boot(const char *options)
{
	setenv("TYPESLAB", options, 1);
	os_init();
	fork_init();
	unit_must(layout_init());
	layout_draw_map(NULL);
	unit_must(layout.secret & 1);
}

static void run_typed(void *options)
{
	boot(options);
	unit_must(layout.rows[DOMAIN_UNKNOWN].first == 0);
	unit_must(layout.rows[DOMAIN_DATA].first ==
		  layout.rows[DOMAIN_UNKNOWN].count);
	unit_must(layout.rows[DOMAIN_POINTER].first ==
		  layout.rows[DOMAIN_DATA].first +
			  layout.rows[DOMAIN_DATA].count);
	unit_must(layout.nr_rows == layout.rows[DOMAIN_POINTER].first +
					    layout.rows[DOMAIN_POINTER].count);
	for (int i = 0; i < 20000; i++) {
		uint64_t token = pointer_token();
		uintptr_t site = data_token();
		unsigned int row = layout_row(token, site);

		unit_must(is_in(DOMAIN_POINTER, row));
		/* One token, one row, whatever the call site. */
		unit_must(layout_row(token, site + 99) == row);
		token = data_token();
		row = layout_row(token, site);
		unit_must(is_in(DOMAIN_DATA, row));
		unit_must(layout_row(token, site + 99) == row);
		row = layout_row(0, site);
		unit_must(is_in(DOMAIN_UNKNOWN, row));
		unit_must(layout_row(0, site) == row);
	}
	unit_must(is_in(DOMAIN_POINTER, layout_row(UINT64_MAX, 1)));
	unit_must(is_in(DOMAIN_DATA, layout_row(UINT64_MAX / 2, 1)));
	unit_must(layout_is_typed(1) && !layout_is_typed(0));
}

static void test_typed(void **state)
{
	(void)state;
	unit_run_well(run_typed, "");
	unit_run_well(run_typed, "data=1,pointer=1,unknown=1");
	unit_run_well(run_typed, "data=1024,pointer=1024,unknown=1024");
	unit_run_well(run_typed, "data=3,pointer=100,unknown=7");
}

static void run_counts(void *options)
{
	boot(options);
	unit_must(layout.rows[DOMAIN_DATA].count == 3);
	unit_must(layout.rows[DOMAIN_POINTER].count == 5);
	unit_must(layout.rows[DOMAIN_UNKNOWN].count == 7);
	unit_must(layout.nr_rows == 15);
}

static void test_counts(void **state)
{
	(void)state;
	unit_run_well(run_counts, "data=3,pointer=5,unknown=7");
}

static void run_random(void *options)
{
	bool depends_on_site = false;

	boot(options);
	unit_must(layout.nr_rows == 16);
	for (int i = 0; i < 1000; i++) {
		uintptr_t site = data_token();
		unsigned int row = layout_row(0, site);

		unit_must(row < 16);
		unit_must(layout_row(pointer_token(), site) == row);
		unit_must(layout_row(data_token(), site) == row);
		unit_must(layout_row(7, site) == row);
		depends_on_site |= row != layout_row(0, site + 8);
	}
	unit_must(depends_on_site);
	unit_must(!layout_is_typed(data_token()));
	unit_must(layout_name(3).domain == DOMAIN_UNKNOWN);
}

static void run_none(void *options)
{
	boot(options);
	unit_must(layout.nr_rows == 1);
	for (int i = 0; i < 1000; i++) {
		unit_must(layout_row(pointer_token(), data_token()) == 0);
		unit_must(layout_row(0, data_token()) == 0);
		unit_must(layout_row(9, data_token()) == 0);
	}
}

static void test_modes(void **state)
{
	(void)state;
	unit_run_well(run_random, "mode=random");
	unit_run_well(run_none, "mode=none");
}

/* Tokens of a build with -falloc-token-max: halves known only if told. */
static void run_small(void *options)
{
	boot(options);
	for (uint64_t token = 1; token < TOKEN_SMALL; token++) {
		enum domain wanted = DOMAIN_UNKNOWN;
		uint64_t max = layout.options.token_max;
		unsigned int row = layout_row(token, token);

		if (token < max)
			wanted = token < max / 2 ? DOMAIN_DATA : DOMAIN_POINTER;
		unit_must(is_in(wanted, row));
		unit_must(layout_row(token, token + 1) == row);
	}
}

/* Fast-ABI numbers: 16 where nothing is said. */
static void run_fast(void *options)
{
	uint64_t max;

	boot(options);
	max = layout.options.token_max ? layout.options.token_max : 16;
	unit_must(is_in(DOMAIN_UNKNOWN, layout_row(token_of_fast(0), 5)));
	for (uint64_t n = 1; n < NR_FAST_TOKENS; n++) {
		enum domain wanted = DOMAIN_UNKNOWN;

		if (n < max)
			wanted = n < max / 2 ? DOMAIN_DATA : DOMAIN_POINTER;
		unit_must(is_in(wanted, layout_row(token_of_fast(n), n)));
	}
}

static void test_small_tokens(void **state)
{
	struct unit_child child = unit_run(run_small, "");

	(void)state;
	assert_int_equal(child.status, 0);
	assert_string_equal(
		child.text,
		"typeslab: small tokens: built with -falloc-token-max;"
		" set token_max= or build without it\n");
	child = unit_run(run_small, "token_max=100");
	assert_string_equal(child.text, "");
	assert_int_equal(child.status, 0);
	unit_run_well(run_small, "token_max=65536");
	child = unit_run(run_fast, "");
	assert_string_equal(child.text, "");
	assert_int_equal(child.status, 0);
	unit_run_well(run_fast, "token_max=64");
	unit_run_well(run_fast, "token_max=2");
}

static void run_bins(void *options)
{
	boot(options);
	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		for (unsigned int c = 0; c < NR_CLASSES_MAX; c++) {
			uint32_t offset = bin_offset(row, c);

			unit_must(row_of_bin(offset) == row);
			unit_must(class_of_bin(offset) == c);
			unit_must(offset < layout.nr_rows << ROW_SHIFT);
			unit_must(offset ==
				  bin_offset(row, 0) +
					  (c * bin_class_step(layout.order, row)
					   << BIN_SHIFT));
			unit_must(!cache_of_bin(offset)->nr_slabs);
		}
	}
}

/* malloc()'s way to a row, and everybody else's. */
static void run_homes(void *options)
{
	boot(options);
	for (int i = 0; i < 10000; i++) {
		uint64_t token = i % 2 ? data_token() : pointer_token();
		uint32_t row = bin_offset(layout_row(token, 0), 0);

		unit_must(heap_knows_token(token));
		unit_must(heap_home_of_token(token) == row);
		if (token > layout.table_floor)
			unit_must(heap_home_in_table(token) == row);
		row = bin_offset(layout_row(0, token), 0);
		unit_must(heap_home_of_site(token) == row);
	}
	for (size_t size = 0; size <= SMALL_MAX; size++)
		unit_must(layout_class_bin(size) ==
			  bin_offset(0, class_of(size)));
}

/* The same of tokens with a row of their own: near, or nowhere near. */
static void run_near(void *options)
{
	unsigned int nr_near = 0;
	uint64_t home;

	boot(options);
	for (int i = 0; i < 10000; i++) {
		uint64_t token = i % 2 ? data_token() : pointer_token();
		unsigned int row = dedicated_find(token);

		unit_must(dedicated_row(token) == row);
		if (!heap_is_near(token, &home))
			continue;
		nr_near++;
		unit_must(home == bin_offset(row, 0));
		unit_must(layout.class_step ==
			  bin_class_step(layout.order, row));
	}
	unit_must(nr_near > NR_NEAR / 2);
}

static void test_bins(void **state)
{
	static const char *const options[] = {
		"",
		"data=20,pointer=28,unknown=17",
		"data=1000,pointer=1024,unknown=7",
		"data=1024,pointer=1024,unknown=1024",
		"mode=none",
	};
	/* Row by row, by class, and more rows than values near. */
	static const char *const dedicated[] = {
		"mode=dedicated,budget=8",
		"mode=dedicated,budget=64,unknown=100",
		"mode=dedicated,budget=4096",
	};

	(void)state;
	for (size_t i = 0; i < array_size(options); i++) {
		unit_run_well(run_bins, (void *)options[i]);
		unit_run_well(run_homes, (void *)options[i]);
	}
	for (size_t i = 0; i < array_size(dedicated); i++) {
		unit_run_well(run_bins, (void *)dedicated[i]);
		unit_run_well(run_near, (void *)dedicated[i]);
	}
}

static void run_partition_lock(void *options)
{
	struct partition *partition;

	boot(options);
	partition = &layout.partitions[3];
	unit_must(layout_lock_partition(partition, lock_tag(1, 1)));
	unit_must(!layout_lock_partition(partition, lock_tag(1, 1)));
	partition->large.next = (char *)4096;
	partition->free[0][0] = 7;
	partition->nr_large = 5;
	/* The holder vanished: ground is forgotten, live objects are not. */
	unit_must(layout_lock_partition(partition, lock_tag(2, 2)));
	unit_must(!partition->large.next && !partition->free[0][0]);
	unit_must(partition->epoch == 1 && partition->nr_large == 5);
	lock_release(&partition->lock);
	unit_must(layout_lock_partition(partition, lock_tag(3, 2)));
	unit_must(partition->epoch == 1);
}

static void test_partition_lock(void **state)
{
	(void)state;
	unit_run_well(run_partition_lock, "");
}

/* Two processes do not share their map. */
static void print_map(void *options)
{
	boot(options);
	for (uint64_t token = 1; token < 60; token++)
		dprintf(2, "%u ", layout_row(token << 50, 0));
}

static void test_secret(void **state)
{
	struct unit_child one = unit_run(print_map, "");
	struct unit_child other = unit_run(print_map, "");

	(void)state;
	assert_string_not_equal(one.text, other.text);
}

static void run_reserve(void *options)
{
	boot(options);
	unit_must(region.nr_blocks * BLOCK_SIZE == 64ul << 20);
}

static void test_reserve(void **state)
{
	(void)state;
	unit_run_well(run_reserve, "reserve=64M");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_small_tokens),
		cmocka_unit_test(test_bins),
		cmocka_unit_test(test_partition_lock),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_reserve),
	};

	seed = unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
