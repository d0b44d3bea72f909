/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "os/os.h"

#define NR_SLOTS 1000

/* Other addresses and other secrets give other canaries; byte 0 is zero. */
static void test_canary(void **state)
{
	static uint64_t seen[NR_SLOTS * 2];
	struct scrub scrub[2];
	struct options options;
	size_t nr = 0;

	(void)state;
	options_read(&options, "canary=on", NULL);
	for (int i = 0; i < 2; i++)
		scrub_init(&scrub[i], &options);
	assert_false(scrub[0].zeroes);
	assert_int_equal(scrub[0].canary, CANARY_SIZE);
	for (uintptr_t slot = 0; slot < NR_SLOTS; slot++) {
		for (int i = 0; i < 2; i++) {
			uint64_t canary = scrub_canary(
				&scrub[i],
				(void *)(0x7f0000000000 + slot * 16));

			assert_int_equal(canary & 0xff, 0);
			for (size_t other = 0; other < nr; other++)
				assert_true(seen[other] != canary);
			seen[nr++] = canary;
		}
	}
}

static void test_clean_and_dress(void **state)
{
	static char slot[64] __attribute__((aligned(16)));
	struct options options;
	struct scrub scrub;

	(void)state;
	options_read(&options, "zero=on,canary=on", NULL);
	scrub_init(&scrub, &options);
	scrub_dress(&scrub, slot, sizeof(slot));
	assert_true(zero_fills(slot, 48));
	assert_int_equal(*scrub_canary_place(slot, sizeof(slot)),
			 scrub_canary(&scrub, slot));
	memset(slot, 'x', sizeof(slot) - CANARY_SIZE);
	scrub_clean(&scrub, slot, sizeof(slot));
	assert_true(zero_fills(slot, sizeof(slot)));
	/* Neither part: nothing is touched. */
	options_read(&options, "", NULL);
	scrub_init(&scrub, &options);
	memset(slot, 'x', sizeof(slot));
	scrub_dress(&scrub, slot, sizeof(slot));
	scrub_clean(&scrub, slot, sizeof(slot));
	for (size_t i = 0; i < sizeof(slot); i++)
		assert_int_equal(slot[i], 'x');
}

static void test_pages(void **state)
{
	struct options options;
	struct scrub scrub;

	(void)state;
	options_read(&options, "zero=on", NULL);
	scrub_init(&scrub, &options);
	for (size_t size = 4096; size <= 8ul << 20; size *= 2) {
		char *p = heap_alloc(size, 0, 1);
		enum condition condition;

		memset(p, 'x', size);
		condition = scrub_pages(&scrub, p, size, size);
		assert_int_equal(condition, size < 4ul << 20 ? GROUND_DIRTY
							     : GROUND_CLEAN);
		assert_true(zero_fills(p, size));
		scrub_check_pages(p, size, condition == GROUND_DIRTY);
		heap_free(p);
	}
}

#define NR_PAGES 512u

/* Of pages that the object never touched none has memory afterwards. */
static void test_sparse_pages(void **state)
{
	unsigned char has_memory[NR_PAGES];
	size_t page = os_page_size();
	struct options options;
	struct scrub scrub;
	char *p;

	(void)state;
	options_read(&options, "zero=on", NULL);
	scrub_init(&scrub, &options);
	p = heap_alloc(NR_PAGES * page, 0, 1);
	assert_true(os_purge(p, NR_PAGES * page));
	for (size_t i = 0; i < NR_PAGES; i += 100)
		p[i * page + i] = 'x';
	p[(NR_PAGES - 1) * page] = 'x';
	assert_int_equal(
		scrub_pages(&scrub, p, NR_PAGES * page, NR_PAGES * page),
		NR_PAGES * page < 4ul << 20 ? GROUND_DIRTY : GROUND_CLEAN);
	scrub_check_pages(p, NR_PAGES * page, true);
	assert_true(os_look_for_memory(p, NR_PAGES * page, has_memory));
	for (size_t i = 0; i < NR_PAGES; i++) {
		if (i % 100 && i < NR_PAGES - 1)
			assert_false(has_memory[i] & 1);
	}
	assert_true(zero_fills(p, NR_PAGES * page));
	heap_free(p);
}

/* calloc() gives zero where a stale pointer wrote to what the system had. */
static void test_clear_written(void **state)
{
	size_t size = NR_PAGES * os_page_size();
	/* Of a partition in which nothing else was freed. */
	char *stale = heap_alloc(size, 1ul << 40, 1), *p;

	(void)state;
	memset(stale, 'x', size);
	heap_free(stale);
	heap_trim();
	stale[size / 2] = 'x';
	p = heap_alloc_zeroed(size, 1ul << 40, 1);
	assert_ptr_equal(p, stale);
	assert_true(zero_fills(p, size));
	heap_free(p);
}

struct harm {
	size_t size, at;
};

static void write_late(void *arg)
{
	const struct harm *harm = arg;
	char *p = heap_alloc(harm->size, 0, 1);

	memset(p, 'x', harm->size);
	heap_free(p);
	p[harm->at] = 1;
	for (int i = 0; i < 100000; i++)
		heap_free(heap_alloc(harm->size, 0, 1));
}

static void write_far(void *unused)
{
	char *p = heap_alloc(100, 0, 1);

	(void)unused;
	p[heap_usable_size(p, ACT_SIZE_QUERY)]++;
	scrub_check_all();
}

static void check_said(void (*body)(void *), void *arg, const char *words)
{
	struct unit_child child;

	setenv("TYPESLAB", "profile=hardened", 1);
	child = unit_run(body, arg);
	unsetenv("TYPESLAB");
	assert_int_equal(child.status & 0x7f, 6);
	assert_int_equal(strncmp(child.text, words, strlen(words)), 0);
}

/* First of all: the children read their options. */
static void test_damage(void **state)
{
	static struct harm harms[] = {
		{ 1, 0 },
		{ 1000, 0 },
		{ 1000, 999 },
		{ 20000, 19999 },
		{ 100000, 70000 },
		{ 9 << 20, 0 },
		{ 9 << 20, (9 << 20) - 1 },
	};

	(void)state;
	check_said(write_far, NULL, "typeslab: overflow: 0x");
	for (size_t i = 0; i < array_size(harms); i++)
		check_said(write_late, &harms[i],
			   "typeslab: write after free: 0x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_canary),
		cmocka_unit_test(test_clean_and_dress),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_sparse_pages),
		cmocka_unit_test(test_clear_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
