/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/large.h"
#include "heap/place.h"
#include "os/os.h"

#define TOKEN (1ul << 63 | 12345ul)

static void check(const void *p, enum place_kind kind, const void *base,
		  size_t size)
{
	struct place place = place_find(p);
	struct row_name name = layout_name(layout_row(TOKEN, 0));

	assert_int_equal(place.kind, kind);
	assert_ptr_equal(place.facts.address, p);
	if (kind == PLACE_FOREIGN) {
		assert_null(place.slab);
		assert_null(place.facts.domain);
		return;
	}
	assert_non_null(place.slab);
	assert_ptr_equal(place.slot_base, base);
	assert_int_equal(place.facts.size, size);
	assert_string_equal(place.facts.domain, "pointer");
	assert_int_equal(place.facts.partition, name.partition);
	assert_ptr_equal(place.facts.start, base);
	if (kind == PLACE_LIVE)
		assert_true(place.is_live);
	if (kind == PLACE_DEAD || kind == PLACE_UNUSED)
		assert_false(place.is_live);
	if (kind == PLACE_UNUSED)
		assert_string_equal(place.facts.state, "never handed out");
	else
		assert_string_equal(place.facts.state,
				    place.is_live ? "live" : "freed");
}

/* Every byte of a slot, live and dead, in every class. */
static void test_small(void **state)
{
	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		size_t size = class_size(class);
		char *p = heap_alloc(size, TOKEN, 0);

		for (size_t at = 0; at < size; at++) {
			check(p + at, at ? PLACE_INNER : PLACE_LIVE, p, size);
			assert_true(place_find(p + at).is_live);
		}
		heap_free(p);
		for (size_t at = 0; at < size; at++) {
			check(p + at, at ? PLACE_INNER : PLACE_DEAD, p, size);
			assert_false(place_find(p + at).is_live);
		}
	}
}

static void test_slot_numbers(void **state)
{
	char *p = heap_alloc(10240, TOKEN, 0);
	struct slab *slab = slab_of_chunk(region_chunk_of(p));
	char *base = region_chunk_base(slab_first(slab));

	(void)state;
	assert_int_equal(place_find(p).facts.slot, (p - base) / 10240);
	/* The tail that is too short for a slot is nobody's. */
	assert_int_equal(slab_span(slab) % 10240 != 0, 1);
	check(base + slab_span(slab) - 1, PLACE_FOREIGN, NULL, 0);
	check(base + slab->nr_slots * 10240ul, PLACE_FOREIGN, NULL, 0);
	/* The last slot of a fresh slab was never handed out. */
	check(base + (slab->nr_slots - 1) * 10240ul, PLACE_UNUSED,
	      base + (slab->nr_slots - 1) * 10240ul, 10240);
	heap_free(p);
}

static void test_large(void **state)
{
	size_t size = 10 * region_grain() - 5000;
	size_t usable = large_usable(size);
	char *p = heap_alloc(size, TOKEN, 0);

	(void)state;
	for (size_t at = 0; at < usable; at += at < 100 ? 1 : 1000)
		check(p + at, at ? PLACE_INNER : PLACE_LIVE, p, usable);
	check(p + usable - 1, PLACE_INNER, p, usable);
	check(p + usable, PLACE_FOREIGN, NULL, 0);
	heap_free(p);
	check(p, PLACE_DEAD, p, usable);
	assert_int_equal(place_find(p + 1).is_live, 0);
	assert_int_not_equal(place_find(p + 1).kind, PLACE_LIVE);
	heap_trim();
	check(p, PLACE_DEAD, p, usable);
}

/* The smallest there is: asked for by its alignment alone. */
static void test_large_of_nothing(void **state)
{
	char *p = heap_alloc_aligned(0, 4 * CHUNK_SIZE, TOKEN, 0);

	(void)state;
	check(p, PLACE_LIVE, p, os_page_size());
	assert_int_equal(heap_usable_size(p, ACT_SIZE_QUERY), os_page_size());
	heap_free(p);
	check(p, PLACE_DEAD, p, os_page_size());
}

static void test_foreign(void **state)
{
	static char global[64];

	(void)state;
	check(NULL, PLACE_FOREIGN, NULL, 0);
	check((void *)1, PLACE_FOREIGN, NULL, 0);
	check((void *)UINTPTR_MAX, PLACE_FOREIGN, NULL, 0);
	check(&global, PLACE_FOREIGN, NULL, 0);
	check(state, PLACE_FOREIGN, NULL, 0);
	check((void *)(uintptr_t)test_foreign, PLACE_FOREIGN, NULL, 0);
	check(region.table, PLACE_FOREIGN, NULL, 0);
	check(layout.arena.base, PLACE_FOREIGN, NULL, 0);
	check(layout.states.base, PLACE_FOREIGN, NULL, 0);
	check(region.base - 1, PLACE_FOREIGN, NULL, 0);
	check(region.base + region.reach, PLACE_FOREIGN, NULL, 0);
	/* The unmapped chunk before an extent, and ground not handed out. */
	for (unsigned int row = 0; row < layout.nr_rows; row++) {
		struct partition *partition = &layout.partitions[row];

		if (partition->slabs.start)
			check(partition->slabs.start - 1, PLACE_FOREIGN, NULL,
			      0);
		if (partition->large.start)
			check(partition->large.start - CHUNK_SIZE,
			      PLACE_FOREIGN, NULL, 0);
		if (partition->slabs.end)
			check(partition->slabs.end - 16, PLACE_FOREIGN, NULL,
			      0);
	}
}

/* No address of the window makes it fall or lie: every chunk, all kinds. */
static void test_everywhere(void **state)
{
	uint64_t seed = unit_seed();
	void *live[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		live[i] = heap_alloc(unit_random(&seed) % 200000, TOKEN, 0);
	for (size_t chunk = 0; chunk < region_nr_chunks(); chunk++) {
		char *p = region.base + (chunk << CHUNK_SHIFT) +
			  unit_random(&seed) % CHUNK_SIZE;
		struct place place = place_find(p);

		if (place.kind == PLACE_FOREIGN)
			continue;
		assert_true(place.slot_base <= p);
		assert_true(p < place.slot_base + place.facts.size);
		assert_int_equal(place.kind == PLACE_INNER,
				 p != place.slot_base);
	}
	for (int i = 0; i < 100; i++) {
		assert_int_equal(place_find(live[i]).kind, PLACE_LIVE);
		heap_free(live[i]);
	}
}

struct crime {
	enum place_kind kind;
	const char *words;
};

static void report(void *crime)
{
	struct place place = { .kind = ((struct crime *)crime)->kind };

	place.facts.address = (void *)0x10;
	place_report(&place, ACT_FREE);
}

static void test_report(void **state)
{
	static const struct crime crimes[] = {
		{ PLACE_FOREIGN, "foreign" },
		{ PLACE_DEAD, "double" },
		{ PLACE_UNUSED, "unallocated" },
		{ PLACE_INNER, "inner" },
	};

	(void)state;
	for (size_t i = 0; i < array_size(crimes); i++) {
		char line[128];

		snprintf(line, sizeof(line),
			 "typeslab: %s free: 0x10 (not in this heap)\n",
			 crimes[i].words);
		unit_run_dead(report, (void *)(uintptr_t)&crimes[i], line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slot_numbers),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_large_of_nothing),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_report),
	};

	if (!heap_boot())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
