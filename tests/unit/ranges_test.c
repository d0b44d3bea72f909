/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/random.h"
#include "heap/heap.h"
#include "heap/ranges.h"

#include <string.h>

#define NR_CHUNKS 256u
#define NR_STEPS  20000

/* Ground of one partition that only the test takes from; true: it is out. */
struct model {
	struct partition *partition;
	char *base;
	bool is_out[NR_CHUNKS];
	unsigned int nr_out;
};

static size_t span_of(unsigned int chunks)
{
	return (size_t)chunks * region_grain();
}

static void model_begin(struct model *model)
{
	uint32_t bin = bin_offset(0, CLASS_LARGE);
	bool is_zero;

	memset(model, 0, sizeof(*model));
	assert_true(heap_boot());
	model->base = heap_alloc_large(bin, span_of(NR_CHUNKS), 1, &is_zero);
	assert_non_null(model->base);
	model->partition = layout_partition(bin);
	heap_free(model->base);
}

static bool is_all(const struct model *model, unsigned int from,
		   unsigned int nr, bool is_out)
{
	for (unsigned int i = from; i < from + nr; i++) {
		if (model->is_out[i] != is_out)
			return false;
	}
	return true;
}

static void mark(struct model *model, unsigned int from, unsigned int nr,
		 bool is_out)
{
	assert_true(from + nr <= NR_CHUNKS);
	assert_true(is_all(model, from, nr, !is_out));
	memset(model->is_out + from, is_out, nr);
	model->nr_out += is_out ? nr : -nr;
}

static void give(struct model *model, unsigned int from, unsigned int nr,
		 enum condition condition)
{
	mark(model, from, nr, false);
	ranges_add(model->partition, model->base + span_of(from), span_of(nr),
		   condition, condition == GROUND_DIRTY ? nr : 0);
}

static unsigned int chunk_of(const struct model *model, const char *p)
{
	return (p - model->base) / region_grain();
}

static void take(struct model *model, unsigned int nr, size_t align)
{
	bool is_zero;
	char *p = ranges_take(model->partition, span_of(nr), align, &is_zero);

	if (!p)
		return;
	assert_int_equal((uintptr_t)p % align, 0);
	mark(model, chunk_of(model, p), nr, true);
}

static void give_first_out(struct model *model, unsigned int from,
			   enum condition condition)
{
	unsigned int nr = 0;

	while (from < NR_CHUNKS && !model->is_out[from])
		from++;
	while (from + nr < NR_CHUNKS && model->is_out[from + nr] && nr < 9)
		nr++;
	if (nr)
		give(model, from, nr, condition);
}

/* Where a free range begins: behind ground that is out. */
static void take_at(struct model *model, unsigned int from, unsigned int nr)
{
	char *p = model->base + span_of(from);

	if (from + nr > NR_CHUNKS || !from || !model->is_out[from - 1])
		return;
	if (ranges_take_at(model->partition, p, span_of(nr)))
		mark(model, from, nr, true);
	else
		assert_false(is_all(model, from, nr, false));
}

static void step(struct model *model, uint64_t *seed)
{
	unsigned int from = random_below(seed, NR_CHUNKS);
	unsigned int nr = 1 + random_below(seed, 12);

	switch (random_below(seed, 4)) {
	case 0:
		return take(model, nr, region_grain() << random_below(seed, 3));
	case 1:
		return take_at(model, from, nr);
	default:
		return give_first_out(model, from,
				      random_below(seed, 2) ? GROUND_DIRTY
							    : GROUND_CLEAN);
	}
}

/* No chunk is out twice, and what is all back is one range again. */
static void test_model(void **state)
{
	uint64_t seed = unit_seed() | 1;
	struct model model;
	bool is_zero;

	(void)state;
	model_begin(&model);
	for (int i = 0; i < NR_STEPS; i++) {
		step(&model, &seed);
		ranges_check(model.partition);
	}
	while (model.nr_out)
		give_first_out(&model, 0, GROUND_CLEAN);
	ranges_check(model.partition);
	assert_ptr_equal(ranges_take(model.partition, span_of(NR_CHUNKS),
				     region_grain(), &is_zero),
			 model.base);
	ranges_add(model.partition, model.base, span_of(NR_CHUNKS),
		   GROUND_CLEAN, 0);
}

/* All of it is out, and the model does not say so. */
static char *begin_all_out(struct model *model)
{
	bool is_zero;
	char *p;

	model_begin(model);
	p = ranges_take(model->partition, span_of(NR_CHUNKS), region_grain(),
			&is_zero);
	assert_ptr_equal(p, model->base);
	return p;
}

/* Warm ground comes first, and says what it is. */
static void test_conditions(void **state)
{
	struct model model;
	bool is_zero;
	char *p;

	(void)state;
	p = begin_all_out(&model);
	ranges_add(model.partition, p, span_of(2), GROUND_CLEAN, 0);
	ranges_add(model.partition, p + span_of(4), span_of(2), GROUND_DIRTY,
		   2);
	p = ranges_take(model.partition, span_of(2), region_grain(), &is_zero);
	assert_ptr_equal(p, model.base + span_of(4));
	assert_false(is_zero);
	p = ranges_take(model.partition, span_of(2), region_grain(), &is_zero);
	assert_ptr_equal(p, model.base);
	assert_true(is_zero);
	assert_null(ranges_take(model.partition, span_of(2), region_grain(),
				&is_zero));
	ranges_add(model.partition, model.base, span_of(NR_CHUNKS),
		   GROUND_CLEAN, 0);
}

/* Of two that fit the smaller, whichever came last. */
static void test_best_fit(void **state)
{
	struct model model;
	bool is_zero;
	char *p;

	(void)state;
	p = begin_all_out(&model);
	ranges_add(model.partition, p, span_of(5), GROUND_DIRTY, 5);
	ranges_add(model.partition, p + span_of(6), span_of(7), GROUND_DIRTY,
		   7);
	assert_ptr_equal(ranges_take(model.partition, span_of(4),
				     region_grain(), &is_zero),
			 p);
	ranges_add(model.partition, p, span_of(4), GROUND_DIRTY, 4);
	assert_ptr_equal(ranges_take(model.partition, span_of(6),
				     region_grain(), &is_zero),
			 p + span_of(6));
	/* What is left of both. */
	assert_non_null(ranges_take(model.partition, span_of(1), region_grain(),
				    &is_zero));
	assert_non_null(ranges_take(model.partition, span_of(5), region_grain(),
				    &is_zero));
	ranges_add(model.partition, p, span_of(NR_CHUNKS), GROUND_CLEAN, 0);
}

/* What is idle for long enough leaves its list, the largest first. */
static void test_idle(void **state)
{
	struct purge purge = { 0, false, SIZE_MAX, false };
	struct model model;
	struct slab *range;
	char *p;

	(void)state;
	p = begin_all_out(&model);
	ranges_add(model.partition, p, span_of(2), GROUND_DIRTY, 2);
	ranges_add(model.partition, p + span_of(4), span_of(9), GROUND_DIRTY,
		   9);
	purge.age = 1;
	assert_null(ranges_take_idle(model.partition, &purge));
	slab_clock++;
	range = ranges_take_idle(model.partition, &purge);
	assert_ptr_equal(region_chunk_base(range), p + span_of(4));
	range = ranges_take_idle(model.partition, &purge);
	assert_ptr_equal(region_chunk_base(range), p);
	assert_null(ranges_take_idle(model.partition, &purge));
	assert_int_equal(purge.quota, SIZE_MAX - 11 * CHUNK_SIZE);
	ranges_add(model.partition, p, span_of(NR_CHUNKS), GROUND_CLEAN, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_best_fit),
		cmocka_unit_test(test_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
