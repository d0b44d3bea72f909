/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"
#include "heap/fork.h"
#include "heap/heap.h"
#include "heap/large.h"
#include "os/os.h"

#define NR_LIVE	 60
#define NR_STEPS 3000
#define ROWS	 2

/* The stupid twin: the live objects, and who ever had a chunk. */
struct object {
	char *start;
	size_t size;
	unsigned int row;
	char mark;
};

struct model {
	struct heap *heap;
	struct object live[NR_LIVE];
	unsigned int nr_live;
	unsigned char *owners; /* row + 1 of each chunk, by number */
	size_t nr_owners;
};

static struct slab *slab_at(const void *p)
{
	return slab_of_chunk(region_chunk_of(p));
}

static void model_begin(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->heap = thread_enter();
	model->nr_owners = 1ul << (35 - CHUNK_SHIFT);
	model->owners = test_calloc(model->nr_owners, 1);
}

/* First and last byte of each page: enough to see an overlap. */
static void mark(const struct object *object)
{
	for (size_t at = 0; at < object->size; at += 4096)
		object->start[at] = object->mark;
	object->start[object->size - 1] = object->mark;
}

static void check_mark(const struct object *object, size_t size)
{
	for (size_t at = 0; at < size; at += 4096)
		assert_int_equal(object->start[at], object->mark);
}

static void check_zero(const struct object *object)
{
	for (size_t at = 0; at < object->size; at += 512)
		assert_int_equal(object->start[at], 0);
	assert_int_equal(object->start[object->size - 1], 0);
}

/* G1: a chunk's row is its row for ever. */
static void claim(struct model *model, const struct object *object)
{
	size_t chunk = region_chunk_of(object->start);
	size_t span = slab_span(slab_at(object->start));

	for (size_t i = 0; i < span >> CHUNK_SHIFT; i++) {
		assert_true(chunk + i < model->nr_owners);
		if (!model->owners[chunk + i])
			model->owners[chunk + i] = object->row + 1;
		assert_int_equal(model->owners[chunk + i], object->row + 1);
	}
}

static void check_record(const struct object *object)
{
	struct slab *slab = slab_at(object->start);
	uint8_t *found;

	assert_int_equal(slab->kind, SLAB_LARGE);
	assert_int_equal(slab->nr_slots, 1);
	assert_int_equal(slab->large_state, SLOT_LIVE);
	assert_int_equal(slab->size, large_usable(object->size));
	assert_true(slab_span(slab) >= slab->size);
	assert_true(slab_span(slab) - slab->size < region_grain());
	assert_int_equal(row_of_slab(slab), object->row);
	assert_true(slab_find_state(slab, object->start, &found));
	assert_ptr_equal(found, &slab->large_state);
	assert_false(slab_find_state(slab, object->start + 16, &found));
	/* No chunk inside answers for a slot. */
	for (size_t at = CHUNK_SIZE; at < slab_span(slab); at += CHUNK_SIZE) {
		char *inside = object->start + at;

		assert_int_equal(slab_at(inside)->nr_slots, 0);
		assert_false(slab_find_state(slab_at(inside), inside, &found));
	}
}

static void model_check(struct model *model)
{
	size_t nr[ROWS] = { 0 }, bytes[ROWS] = { 0 };

	for (unsigned int i = 0; i < model->nr_live; i++) {
		struct object *object = &model->live[i];

		check_record(object);
		check_mark(object, object->size);
		nr[object->row]++;
		bytes[object->row] += large_usable(object->size);
	}
	for (unsigned int row = 0; row < ROWS; row++) {
		struct partition *partition = &layout.partitions[row];

		large_check(model->heap, partition);
		assert_int_equal(partition->nr_large, nr[row]);
		assert_int_equal(partition->large_bytes, bytes[row]);
		assert_int_equal(partition->lock.word, 0);
	}
}

static size_t random_size(uint64_t *seed)
{
	unsigned int shift = unit_random(seed) % 7;

	return SMALL_MAX + 1 + unit_random(seed) % (SMALL_MAX << shift);
}

static void alloc_one(struct model *model, uint64_t *seed)
{
	struct object *object = &model->live[model->nr_live];
	size_t align = unit_random(seed) % 4
			       ? 0
			       : region_grain() << unit_random(seed) % 6;
	bool is_zero;

	if (model->nr_live == NR_LIVE)
		return;
	model->nr_live++;
	object->row = unit_random(seed) % ROWS;
	object->size = random_size(seed);
	object->mark = unit_random(seed) | 1;
	object->start =
		large_alloc(model->heap, bin_offset(object->row, CLASS_LARGE),
			    object->size, align, &is_zero);
	assert_non_null(object->start);
	assert_int_equal((uintptr_t)object->start % region_grain(), 0);
	if (align)
		assert_int_equal((uintptr_t)object->start % align, 0);
	if (is_zero)
		check_zero(object);
	claim(model, object);
	mark(object);
}

static void free_one(struct model *model, uint64_t *seed)
{
	unsigned int pick;

	if (!model->nr_live)
		return;
	pick = unit_random(seed) % model->nr_live;
	slab_at(model->live[pick].start)->large_state = SLOT_STOCK;
	large_free(model->heap, slab_at(model->live[pick].start));
	model->live[pick] = model->live[--model->nr_live];
}

static void resize_one(struct model *model, uint64_t *seed)
{
	struct object *object;
	size_t size = random_size(seed);

	if (!model->nr_live)
		return;
	object = &model->live[unit_random(seed) % model->nr_live];
	if (unit_random(seed) % 2)
		size = object->size + unit_random(seed) % 100000;
	if (!large_resize(model->heap, slab_at(object->start), size)) {
		/* What fits the span is never refused. */
		assert_true(size > slab_span(slab_at(object->start)));
		return;
	}
	check_mark(object, size_min(size, object->size));
	object->size = size;
	claim(model, object);
	mark(object);
}

static void purge(struct heap *heap, struct partition *partition, bool refund)
{
	struct purge all = { 0, refund, SIZE_MAX, false };

	large_purge(heap, partition, &all);
}

static void purge_all(struct model *model, bool refund)
{
	for (unsigned int row = 0; row < layout.nr_rows; row++)
		purge(model->heap, &layout.partitions[row], refund);
	assert_int_equal(layout_idle_bytes(), 0);
}

static void test_model(void **state)
{
	uint64_t seed = unit_seed();
	struct model model;

	(void)state;
	model_begin(&model);
	for (int i = 0; i < NR_STEPS; i++) {
		bool shrinks = i / 300 % 2;
		unsigned int what = unit_random(&seed) % 100;

		if (what < (shrinks ? 20 : 45))
			alloc_one(&model, &seed);
		else if (what < 65)
			free_one(&model, &seed);
		else if (what < 98)
			resize_one(&model, &seed);
		else
			purge_all(&model, what == 99);
		model_check(&model);
	}
	while (model.nr_live)
		free_one(&model, &seed);
	model_check(&model);
	purge_all(&model, false);
	test_free(model.owners);
}

/* Three neighbours out of one range. */
static void make_three(struct heap *heap, unsigned int row, char **p)
{
	const size_t size = 10 * region_grain();
	bool is_zero;

	large_free(heap, slab_at(large_alloc(heap, bin_offset(row, CLASS_LARGE),
					     3 * size, 0, &is_zero)));
	for (int i = 0; i < 3; i++)
		p[i] = large_alloc(heap, bin_offset(row, CLASS_LARGE), size, 0,
				   &is_zero);
	assert_ptr_equal(p[1], p[0] + size);
	assert_ptr_equal(p[2], p[1] + size);
}

/* Three neighbours, freed in every order: one range again. */
static void test_join(void **state)
{
	static const int orders[6][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }
	};
	struct heap *heap = thread_enter();
	const unsigned int row = 5;

	(void)state;
	for (int o = 0; o < 6; o++) {
		bool is_zero;
		char *p[3];

		make_three(heap, row, p);
		for (int i = 0; i < 3; i++)
			large_free(heap, slab_at(p[orders[o][i]]));
		large_check(heap, &layout.partitions[row]);
		assert_ptr_equal(large_alloc(heap, bin_offset(row, CLASS_LARGE),
					     30 * region_grain(), 0, &is_zero),
				 p[0]);
		assert_false(is_zero);
		large_free(heap, slab_at(p[0]));
	}
	purge(heap, &layout.partitions[row], false);
}

/*
 * The lock's holder vanished in a fork: what was free then is forgotten, and
 * what is freed later does not grow together with it.
 */
static void test_orphaned(void **state)
{
	struct heap *heap = thread_enter();
	const unsigned int row = 9;
	struct partition *partition = &layout.partitions[row];
	char *p[3], *again[3];
	bool is_zero;

	(void)state;
	make_three(heap, row, p);
	large_free(heap, slab_at(p[1]));
	partition->lock.word = lock_tag(heap->id + 1, fork_generation() + 1);
	assert_false(large_resize(heap, slab_at(p[0]), 11 * region_grain()));
	large_free(heap, slab_at(p[0]));
	large_free(heap, slab_at(p[2]));
	large_check(heap, partition);
	assert_int_equal(partition->idle_bytes, 20 * region_grain());
	for (int i = 0; i < 3; i++)
		again[i] = large_alloc(heap, bin_offset(row, CLASS_LARGE),
				       10 * region_grain(), 0, &is_zero);
	assert_true(again[0] == p[0] || again[1] == p[0]);
	assert_true(again[0] == p[2] || again[1] == p[2]);
	assert_ptr_not_equal(again[2], p[1]);
	for (int i = 0; i < 3; i++)
		large_free(heap, slab_at(again[i]));
	large_check(heap, partition);
	purge(heap, partition, false);
}

static void test_zero(void **state)
{
	struct heap *heap = thread_enter();
	const unsigned int row = 6;
	bool is_zero;
	char *p = large_alloc(heap, bin_offset(row, CLASS_LARGE),
			      20 * region_grain(), 0, &is_zero);

	(void)state;
	assert_true(is_zero);
	memset(p, 'x', 20 * region_grain());
	large_free(heap, slab_at(p));
	assert_int_equal(layout_idle_bytes(), 20 * region_grain());
	assert_ptr_equal(large_alloc(heap, bin_offset(row, CLASS_LARGE),
				     20 * region_grain(), 0, &is_zero),
			 p);
	assert_false(is_zero);
	assert_int_equal(layout_idle_bytes(), 0);
	large_free(heap, slab_at(p));
	purge(heap, &layout.partitions[row], false);
	assert_ptr_equal(large_alloc(heap, bin_offset(row, CLASS_LARGE),
				     20 * region_grain(), 0, &is_zero),
			 p);
	assert_true(is_zero);
	for (size_t i = 0; i < 20 * region_grain(); i += 64)
		assert_int_equal(p[i], 0);
	large_free(heap, slab_at(p));
	purge(heap, &layout.partitions[row], false);
}

static void test_refused(void **state)
{
	struct heap *heap = thread_enter();
	struct partition *partition = &layout.partitions[7];
	size_t most = region.nr_blocks * BLOCK_SIZE;
	bool is_zero;
	char *p;

	(void)state;
	assert_null(large_alloc(heap, bin_offset(7, CLASS_LARGE), SIZE_MAX, 0,
				&is_zero));
	assert_null(large_alloc(heap, bin_offset(7, CLASS_LARGE),
				SIZE_MAX - region_grain(), 0, &is_zero));
	assert_null(large_alloc(heap, bin_offset(7, CLASS_LARGE), most + 1, 0,
				&is_zero));
	assert_null(large_alloc(heap, bin_offset(7, CLASS_LARGE), most, 0,
				&is_zero));
	assert_null(large_alloc(heap, bin_offset(7, CLASS_LARGE), 1, 1ul << 63,
				&is_zero));
	assert_null(large_alloc(heap, bin_offset(7, CLASS_LARGE), most, most,
				&is_zero));
	assert_int_equal(partition->nr_large, 0);
	assert_int_equal(partition->nr_large_allocs, 0);
	p = large_alloc(heap, bin_offset(7, CLASS_LARGE), 100000, 0, &is_zero);
	assert_false(large_resize(heap, slab_at(p), SIZE_MAX));
	assert_false(large_resize(heap, slab_at(p), most + 1));
	assert_false(large_resize(heap, slab_at(p), SMALL_MAX));
	assert_int_equal(slab_at(p)->size, large_usable(100000));
	/* In a handler that interrupted the lock's holder. */
	partition->lock.word = thread_tag(heap);
	assert_null(large_alloc(heap, bin_offset(7, CLASS_LARGE), 100000, 0,
				&is_zero));
	assert_false(large_resize(heap, slab_at(p), 200000));
	partition->lock.word = 0;
	large_free(heap, slab_at(p));
	assert_int_equal(partition->nr_large, 0);
	large_check(heap, partition);
}

/* Partition 2 fills up all; 1 had a small object. Nobody had the end before. */
static void fill_small_region(void *unused)
{
	const uint32_t one = bin_offset(1, CLASS_LARGE);
	const uint32_t all = bin_offset(2, CLASS_LARGE);
	bool is_zero;

	(void)unused;
	region.nr_blocks = region.window_blocks + 64;
	unit_must(heap_alloc_large(one, 40000, 1, &is_zero));
	while (heap_alloc_large(all, 1 << 20, 1, &is_zero))
		;
	unit_must(heap_alloc_large(one, 1 << 20, 1, &is_zero));
}

static void test_last_of_a_region(void **state)
{
	(void)state;
	unit_run_well(fill_small_region, NULL);
}

static void test_alignment(void **state)
{
	struct heap *heap = thread_enter();

	(void)state;
	for (size_t align = 1; align <= 1ul << 30; align *= 2) {
		bool is_zero;
		char *p = large_alloc(heap, bin_offset(8, CLASS_LARGE), 50000,
				      align, &is_zero);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % align, 0);
		p[0] = p[49999] = 'x';
		large_check(heap, &layout.partitions[8]);
		large_free(heap, slab_at(p));
		large_check(heap, &layout.partitions[8]);
	}
}

/* Three neighbours, the outer two free; then harmed as the number says. */
static void harm(int how)
{
	struct heap *heap = thread_enter();
	struct partition *partition = &layout.partitions[10];
	struct slab *first, *last;
	char *p[3];

	make_three(heap, 10, p);
	first = slab_at(p[0]);
	last = slab_at(p[1] - CHUNK_SIZE);
	large_free(heap, first);
	large_free(heap, slab_at(p[2]));
	large_check(heap, partition);
	switch (how) {
	case 0:
		first->kind = SLAB_NONE;
		break;
	case 1:
		first->condition = GROUND_CLEAN;
		break;
	case 2:
		first->epoch--;
		break;
	case 3:
		first->chunks = 1;
		break;
	case 4:
		last->next++;
		break;
	case 5: /* the middle one is freed while its neighbours hide */
		last->epoch--;
		slab_at(p[2])->epoch--;
		large_free(heap, slab_at(p[1]));
		last->epoch++;
		slab_at(p[2])->epoch++;
		break;
	}
	large_check(heap, partition);
}

static void test_damage_is_seen(void **state)
{
	static const char *const words[] = {
		"free large ground", "free large ground",
		"free large ground", "free large ground",
		"free large ground", "free large neighbours",
	};

	(void)state;
	unit_run_harms(harm, words, array_size(words));
}

static void test_usable(void **state)
{
	const size_t page = os_page_size();

	(void)state;
	assert_int_equal(large_usable(0), page);
	assert_int_equal(large_usable(1), page);
	assert_int_equal(large_usable(page), page);
	assert_int_equal(large_usable(page + 1), 2 * page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_orphaned),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_last_of_a_region),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_damage_is_seen),
		cmocka_unit_test(test_usable),
		cmocka_unit_test(test_model),
	};

	if (!heap_boot())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
