/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/named.h"
#include "heap/place.h"
#include "heap/sums.h"
#include "typeslab/slab.h"

#include <sys/mman.h>

static unsigned int nr_made;

static void construct(void *object)
{
	nr_made++;
	*(uint64_t *)object = 42;
}

static struct named *create(const char *name, size_t size,
			    void (*ctor)(void *object))
{
	const struct named_spec spec = {
		.name = name,
		.size = size,
		.node = -1,
		.ctor = ctor,
		.twin_of = NAMED_NO_TWIN,
	};
	struct named *named = named_create(thread_enter(), &spec);

	assert_non_null(named);
	return named;
}

static void test_names(void **state)
{
	char kept[NAMED_NAME_SIZE];

	(void)state;
	named_copy_name(kept, "two words\n\x1b[0m");
	assert_string_equal(kept, "two_words__[0m");
	named_copy_name(kept,
			"a name that is longer than a name can be, by far");
	assert_int_equal(strlen(kept), NAMED_NAME_SIZE - 1);
	named_copy_name(kept, "");
	assert_string_equal(kept, "_");
	named_copy_name(kept, "#1#");
	assert_string_equal(kept, "_1#");
}

/* Any size there can be, next to each other and freed by address alone. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = { 16,   24,     40,	1000,
					4096, 100008, 4ul << 20 };

	(void)state;
	for (size_t i = 0; i < array_size(sizes); i++) {
		struct named *named = create("sizes", sizes[i], NULL);
		char *p[20];

		for (int k = 0; k < 20; k++) {
			p[k] = heap_alloc_in_bin(named->bin);
			assert_non_null(p[k]);
			p[k][0] = 1;
			p[k][sizes[i] - 1] = 1;
			assert_int_equal(heap_usable_size(p[k], ACT_FREE),
					 sizes[i]);
		}
		assert_int_equal(named_nr_live(named), 20);
		for (int k = 0; k < 20; k++)
			heap_free(p[k]);
		assert_int_equal(named_nr_live(named), 0);
		cache_check(cache_of_bin(named->bin),
			    thread_tag(thread_enter()));
	}
}

/* What one cache gave, no other cache ever gives. */
static void test_apart(void **state)
{
	struct named *a = create("a", 64, NULL), *b = create("b", 64, NULL);
	char *first = heap_alloc_in_bin(a->bin);

	(void)state;
	heap_free(first);
	heap_trim();
	for (int i = 0; i < 2000; i++) {
		char *p = heap_alloc_in_bin(b->bin);
		struct place place = place_find(p);

		assert_ptr_not_equal(p, first);
		assert_ptr_equal(layout_partition(bin_of_slab(place.slab)),
				 &b->partition);
		assert_string_equal(place.facts.cache, "b");
	}
	assert_int_equal(named_nr_live(b), 2000);
	assert_int_equal(named_number(b), named_number(a) + 1);
}

/* Once a slot, and once more when its memory was gone in between. */
static void test_constructor(void **state)
{
	struct named *named = create("made", 128, construct);
	uint64_t *p[500];

	(void)state;
	for (int round = 0; round < 3; round++) {
		unsigned int before = nr_made;

		for (int i = 0; i < 500; i++) {
			p[i] = heap_alloc_in_bin(named->bin);
			assert_int_equal(*p[i], 42);
		}
		assert_true(round ? nr_made == before : nr_made >= 500);
		for (int i = 0; i < 500; i++)
			heap_free(p[i]);
	}
	heap_trim();
	p[0] = heap_alloc_in_bin(named->bin);
	assert_int_equal(*p[0], 42);
	heap_free(p[0]);
}

/* A locked page is not given back, and what lies before it is. */
static void test_locked(void **state)
{
	struct named *named = create("locked", 4096, construct);
	enum {
		NR = 400
	};
	uint64_t *p[NR];
	size_t idle;

	(void)state;
	for (int i = 0; i < NR; i++)
		p[i] = heap_alloc_in_bin(named->bin);
	if (mlock(p[20], 4096)) {
		print_message("# left out: mlock is refused\n");
		return;
	}
	for (int i = 0; i < NR; i++)
		heap_free(p[i]);
	heap_trim();
	idle = cache_idle_bytes();
	for (int i = 0; i < NR; i++) {
		p[i] = heap_alloc_in_bin(named->bin);
		assert_int_equal(*p[i], 42);
	}
	cache_check(cache_of_bin(named->bin), thread_tag(thread_enter()));
	for (int i = 0; i < NR; i++)
		heap_free(p[i]);
	/* All the other slabs went. */
	assert_true(idle < 32 * 4096);
}

static void test_kept_memory(void **state)
{
	const struct named_spec spec = {
		.name = "kept",
		.size = 4096,
		.node = -1,
		.keeps_memory = true,
		.twin_of = NAMED_NO_TWIN,
	};
	struct named *named = named_create(thread_enter(), &spec);
	char *p = heap_alloc_in_bin(named->bin);

	(void)state;
	*p = 7;
	heap_free(p);
	heap_trim();
	assert_int_equal(*p, 7);
}

static void fill_table(void *unused)
{
	const struct named_spec spec = {
		.name = "many",
		.size = 16,
		.node = -1,
		.twin_of = NAMED_NO_TWIN,
	};
	struct heap *heap = thread_enter();
	unsigned int had = layout.nr_named;

	(void)unused;
	while (layout.nr_named < NR_NAMED_MAX) {
		struct named *named = named_create(heap, &spec);
		void *p;

		unit_must(named);
		p = heap_alloc_in_bin(named->bin);
		unit_must(p);
		unit_must(named->bin >> ROW_SHIFT < layout_nr_bin_rows());
	}
	unit_must(!named_create(heap, &spec));
	unit_must(heap_sum().nr_small >= NR_NAMED_MAX - had);
	thread_flush(heap);
}

static void test_too_many(void **state)
{
	(void)state;
	unit_run_well(fill_table, NULL);
}

static void ask_for_sets_in_vain(void *unused)
{
	size_t size = layout.arena.size;

	(void)unused;
	layout.arena.size = layout.arena.next;
	for (unsigned int i = 0; i <= VARIANT_SET_MAX; i++)
		unit_must(!kmem_buckets_create("set", 0, 0, 0, NULL));
	layout.arena.size = size;
	unit_must(kmem_buckets_create("set", 0, 0, 0, NULL));
}

/* Who gets no set uses up no number, however often it asks. */
static void test_sets_in_vain(void **state)
{
	(void)state;
	unit_run_well(ask_for_sets_in_vain, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_constructor),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_kept_memory),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_sets_in_vain),
	};

	heap_boot();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
