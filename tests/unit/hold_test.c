/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/hold.h"
#include "heap/options.h"

#define NR_MOST 8192

static struct hold_rule rules[NR_CLASSES];

/* A magazine of one cache, its storage taken in turn. */
static struct slot storage[2][NR_MOST];
static struct bin bin;
static struct hold hold;

static void read_rules(const char *string)
{
	struct options options;

	options_read(&options, string, NULL);
	hold_init(rules, &options);
}

static void grow(const struct hold_rule *rule)
{
	unsigned int slots = hold.slots ? hold.slots * 2 : rule->first;

	hold_grow(&hold, rule, &bin, storage[bin.base == storage[0]], slots);
}

static const struct hold_rule *begin(const char *options, size_t size)
{
	read_rules(options);
	memset(&hold, 0, sizeof(hold));
	memset(&bin, 0, sizeof(bin));
	return &rules[class_of(size)];
}

static void test_rules(void **state)
{
	(void)state;
	read_rules("quarantine=4K,reuse_after=100,shuffle=on");
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		const struct hold_rule *rule = &rules[class];
		size_t size = class_size(class);

		assert_in_range(rule->batch, 1, 64);
		assert_true(rule->batch == 1 || rule->batch * size <= 16 << 10);
		assert_true((rule->line - 100u) * size <= 4096);
		assert_in_range(rule->line, 100, 164);
		assert_true(rule->pool == 1 || rule->pool * size <= 16 << 10);
		assert_true(rule->pool >= 256 || size > 64);
	}
	assert_int_equal(rules[0].line, 164);
	assert_int_equal(rules[class_of(1024)].line, 104);
	assert_int_equal(rules[class_of(8192)].line, 100);
	read_rules("quarantine=0");
	assert_int_equal(rules[0].line, 1);
	assert_int_equal(rules[0].pool, 1);
}

/* Every magazine on the way has room for a batch, a pool and a line. */
static void test_shapes(void **state)
{
	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		const struct hold_rule *rule = begin(
			"profile=hardened,reuse_after=4096", class_size(class));

		while (hold.slots < hold_slots_max(rule)) {
			grow(rule);
			assert_true(hold.least >= 1);
			assert_true(hold.line >= 1);
			assert_true(magazine_size(&bin) > hold.least);
			assert_true(bin.end + hold.line <=
				    bin.base + hold.slots);
		}
		assert_int_equal(hold.least, rule->pool);
		assert_int_equal(hold.line, rule->line);
		assert_int_equal(magazine_size(&bin), rule->pool + rule->batch);
	}
}

/*
 * Slots are numbers here: frees counted from 1. None is ready before as many
 * further frees as promised, and all are then.
 */
static void check_delay(const char *options, size_t size, unsigned int line)
{
	const struct hold_rule *rule = begin(options, size);
	uint64_t seed = unit_seed() | 1;

	grow(rule);
	assert_int_equal(rule->line, line);
	for (uint64_t now = 1; now < 20000; now++) {
		assert_false(hold_is_full(&hold, &bin));
		hold_push(&hold, &bin, (struct slot){ (char *)now, NULL });
		if (hold.held == hold.line && hold.line < rule->line)
			grow(rule);
		if (magazine_is_empty(&bin)) {
			assert_true(now <= line);
			continue;
		}
		assert_int_equal(magazine_count(&bin), 1);
		assert_int_equal(
			(uintptr_t)hold_draw(&hold, &bin, &seed).address,
			now - line);
	}
}

static void test_delay(void **state)
{
	(void)state;
	check_delay("quarantine=0", 64, 1);
	check_delay("quarantine=4K", 64, 64);
	check_delay("reuse_after=1", 64, 1);
	check_delay("reuse_after=2", 64, 2);
	check_delay("reuse_after=1000", 64, 1000);
	check_delay("reuse_after=1000,quarantine=4K", 64, 1064);
	check_delay("reuse_after=4096,quarantine=64K", 16, 4160);
	check_delay("reuse_after=33", 32768, 33);
}

/* Who stood in line stands there in the same order when it becomes longer. */
static void test_line_moves(void **state)
{
	const struct hold_rule *rule = begin("quarantine=4K", 64);
	uint64_t seed = unit_seed() | 1;
	uint64_t now = 0, out = 0;

	(void)state;
	grow(rule);
	/* Beyond the first place of a line that is full. */
	while (now < hold.line + 3)
		hold_push(&hold, &bin, (struct slot){ (char *)++now, NULL });
	while (!magazine_is_empty(&bin))
		out += (uintptr_t)hold_draw(&hold, &bin, &seed).address;
	assert_int_equal(out, 1 + 2 + 3);
	grow(rule);
	while (hold.held < hold.line)
		hold_push(&hold, &bin, (struct slot){ (char *)++now, NULL });
	for (out = 4; out < 1000; out++) {
		hold_push(&hold, &bin, (struct slot){ (char *)++now, NULL });
		assert_int_equal(
			(uintptr_t)hold_draw(&hold, &bin, &seed).address, out);
	}
}

/* Each of those that are ready is drawn once, and first as often as another. */
static void test_draw(void **state)
{
	const struct hold_rule *rule = begin("shuffle=on", 1024);
	unsigned int first[8] = { 0 };
	uint64_t seed = unit_seed() | 1;

	(void)state;
	grow(rule);
	for (int i = 0; i < 80000; i++) {
		unsigned int seen = 0;

		for (uintptr_t n = 0; n < 5; n++)
			magazine_push(&bin, (char *)n, NULL);
		for (int n = 0; n < 5; n++) {
			struct slot slot = hold_draw(&hold, &bin, &seed);

			if (!n)
				first[(uintptr_t)slot.address]++;
			seen |= 1u << (uintptr_t)slot.address;
		}
		assert_int_equal(seen, 0x1f);
	}
	for (int n = 0; n < 5; n++)
		assert_in_range(first[n], 15000, 17000);
}

/* Who was drawn is next, whoever comes meanwhile; after a close, anybody. */
static void test_drawn(void **state)
{
	const struct hold_rule *rule = begin("shuffle=on", 1024);
	unsigned int again = 0;
	uint64_t seed = unit_seed() | 1;

	(void)state;
	grow(rule);
	assert_false(hold_is_open(&hold, &bin));
	for (uintptr_t n = 1; n <= hold.least + 2u; n++)
		magazine_push(&bin, (char *)n, NULL);
	/* Enough, but nobody is drawn before the first one left. */
	assert_true(hold_has_choice(&hold, &bin));
	assert_false(hold_is_open(&hold, &bin));
	for (int i = 0; i < 1000; i++) {
		struct slot slot = hold_draw(&hold, &bin, &seed);
		struct slot next = *hold_next(&bin, true);

		assert_true(hold_is_open(&hold, &bin));
		magazine_push(&bin, slot.address, NULL);
		assert_ptr_equal(hold_next(&bin, true)->address, next.address);
		if (i % 2)
			hold_close(&hold);
		slot = hold_draw(&hold, &bin, &seed);
		if (i % 2)
			again += slot.address == next.address;
		else
			assert_ptr_equal(slot.address, next.address);
		magazine_push(&bin, slot.address, NULL);
	}
	assert_true(again < 200);
	/* Of the last one nothing is left to draw. */
	while (magazine_count(&bin))
		hold_draw(&hold, &bin, &seed);
	for (uintptr_t n = 1; n <= hold.least + 2u; n++)
		magazine_push(&bin, (char *)n, NULL);
	assert_false(hold_is_open(&hold, &bin));
}

/* Without a rule that says so, the newest one. */
static void test_in_order(void **state)
{
	const struct hold_rule *rule = begin("zero=on", 64);

	(void)state;
	grow(rule);
	for (uintptr_t n = 1; n <= 5; n++)
		magazine_push(&bin, (char *)n, NULL);
	for (uintptr_t n = 5; n; n--)
		assert_int_equal(
			(uintptr_t)hold_draw(&hold, &bin, NULL).address, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_line_moves),
		cmocka_unit_test(test_draw),
		cmocka_unit_test(test_drawn),
		cmocka_unit_test(test_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
