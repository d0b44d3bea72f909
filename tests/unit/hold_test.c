/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/hold.h"
#include "heap/options.h"

#define NR_MOST 8192

static struct hold_rule rules[NR_CLASSES];

static void read_rules(const char *string)
{
	struct options options;

	options_read(&options, string, NULL);
	hold_init(rules, &options);
}

static void test_rules(void **state)
{
	(void)state;
	size_class_init();
	read_rules("quarantine=4K,reuse_after=100");
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		const struct hold_rule *rule = &rules[class];
		size_t size = class_size(class);

		assert_in_range(rule->batch, 1, 16);
		assert_true(rule->batch == 1 || rule->batch * size <= 16 << 10);
		assert_int_equal(rule->first, rule->batch + 100);
		assert_true((rule->most - rule->first) * size <= 4096);
		assert_true(rule->most - rule->first <= 64);
		assert_true(rule->slots >= rule->most + rule->batch);
		assert_int_equal(rule->slots & (rule->slots - 1), 0);
	}
	assert_int_equal(rules[0].most - rules[0].first, 64);
	assert_int_equal(rules[class_of(1024)].most, 16 + 100 + 4);
	assert_int_equal(rules[class_of(8192)].most, 2 + 100);
	read_rules("quarantine=0");
	assert_int_equal(rules[0].most, 16);
}

/*
 * Slots are numbers here: frees counted from 1. None leaves before as many
 * further frees as promised; with a quarantine, not in the order they came.
 */
static void check_delay(const char *options, size_t size, uint64_t delay,
			bool is_mixed)
{
	static struct slot storage[NR_MOST];
	struct bin bin = { storage, storage, storage + NR_MOST, 0 };
	uint64_t seed = unit_seed() | 1, last = 0;
	const struct hold_rule *rule;
	unsigned int nr_swaps = 0;
	uint16_t held = 0;

	read_rules(options);
	rule = &rules[class_of(size)];
	for (uint64_t now = 1; now < 20000; now++) {
		struct slot slot = { (char *)now, NULL };

		if (hold_is_full(&bin, rule, held)) {
			for (int i = 0; i < rule->batch; i++) {
				uint64_t then = (uintptr_t)storage[i].address;

				assert_true(now - then > delay);
				nr_swaps += then < last;
				last = then;
			}
			hold_drop(&bin, rule, &held, rule->batch, &seed);
		}
		hold_push(&bin, &held, slot);
		assert_int_equal(held, magazine_count(&bin));
		assert_true(held <= rule->most);
	}
	assert_int_equal(nr_swaps > 0, is_mixed);
}

static void test_delay(void **state)
{
	(void)state;
	check_delay("quarantine=0", 64, 0, false);
	check_delay("quarantine=4K", 64, 0, true);
	check_delay("reuse_after=1", 64, 1, false);
	check_delay("reuse_after=1000", 64, 1000, false);
	check_delay("reuse_after=1000,quarantine=4K", 64, 1000, true);
	check_delay("reuse_after=4096,quarantine=64K", 16, 4096, true);
	check_delay("reuse_after=33", 32768, 33, false);
}

/* Those that lie ready stay ready. */
static void test_ready(void **state)
{
	static struct slot storage[64];
	struct bin bin = { storage + 10, storage, storage + 64, 0 };
	uint64_t seed = unit_seed() | 1;
	uint64_t ready = 0;
	uint16_t held = 0;

	(void)state;
	read_rules("quarantine=1K");
	for (uintptr_t i = 0; i < 10; i++)
		storage[i].address = (char *)(i + 100);
	for (uintptr_t i = 1; i <= 30; i++)
		hold_push(&bin, &held, (struct slot){ (char *)i, NULL });
	assert_int_equal(held, 30);
	assert_int_equal(magazine_count(&bin), 40);
	hold_drop(&bin, &rules[3], &held, 16, &seed);
	assert_int_equal(held, 14);
	for (int i = 0; i < 14; i++)
		assert_true((uintptr_t)storage[i].address < 100);
	for (int i = 0; i < 10; i++)
		ready |= 1ul << ((uintptr_t)magazine_pop(&bin).address - 100);
	assert_int_equal(ready, 0x3ff);
	assert_int_equal(magazine_count(&bin), held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
