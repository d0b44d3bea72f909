/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cached.h"

#define NR_MOST 20000

/* The slots that are out, and what the cache should count. */
struct model {
	struct cache cache;
	unsigned int class;
	struct slot *out;
	unsigned int nr_out;
	unsigned int nr_slabs;
};

static void model_begin(struct model *model, unsigned int class)
{
	memset(model, 0, sizeof(*model));
	model->class = class;
	model->out = test_calloc(NR_MOST, sizeof(*model->out));
}

static void model_end(struct model *model)
{
	test_free(model->out);
}

static void add_slab(struct model *model)
{
	struct slab *slab = fixture_slab(model->class, 0);

	assert_true(cache_add_slab(&model->cache, slab, TAG));
	model->nr_slabs++;
}

static unsigned int slots_of_slab(const struct model *model)
{
	size_t span = class_span(model->class, region_grain());

	return span / class_size(model->class);
}

static void model_check(struct model *model)
{
	struct cache *cache = &model->cache;

	cache_check(cache, TAG);
	assert_int_equal(cache->nr_slabs, model->nr_slabs);
	assert_int_equal(cache->nr_out, model->nr_out);
	assert_int_equal(cache->lock.word, 0);
	if (!model->nr_out)
		assert_int_equal(cache->nr_empty, model->nr_slabs);
}

/* Slabs whose memory the cache gave up the right to. */
static unsigned int count_refunded(const struct cache *cache)
{
	unsigned int nr = 0;

	for (uint32_t at = cache->refunded; at; at = slab_of_chunk(at)->next)
		nr++;
	return nr;
}

static void recommit(struct model *model)
{
	unsigned int nr = count_refunded(&model->cache);

	assert_int_equal(cache_recommit(&model->cache, TAG), nr > 0);
	assert_int_equal(count_refunded(&model->cache), nr ? nr - 1 : 0);
}

static void take(struct model *model, unsigned int max)
{
	struct slot *out = model->out + model->nr_out;
	unsigned int most = (model->nr_slabs - count_refunded(&model->cache)) *
			    slots_of_slab(model);
	int got;

	got = cache_take(&model->cache, out, max, TAG);
	assert_int_equal(
		got, max < most - model->nr_out ? max : most - model->nr_out);
	for (int i = 0; i < got; i++) {
		assert_true(*out[i].state == SLOT_STOCK ||
			    *out[i].state == SLOT_NEW);
		/* No slot is given twice: whoever is out has its mark. */
		assert_true(*(char *)out[i].address != 'x');
		*(char *)out[i].address = 'x';
	}
	model->nr_out += got;
}

static void give(struct model *model, uint64_t *seed, unsigned int nr)
{
	struct slot back[64];

	if (nr > model->nr_out)
		nr = model->nr_out;
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int pick = unit_random(seed) % model->nr_out;

		back[i] = model->out[pick];
		model->out[pick] = model->out[--model->nr_out];
		*(char *)back[i].address = 'y';
	}
	cache_give(&model->cache, back, nr, TAG);
}

static void give_all(struct model *model, uint64_t *seed)
{
	while (model->nr_out)
		give(model, seed, 64);
}

static void test_model(void **state)
{
	uint64_t seed = unit_seed();
	struct model model;

	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class += 3) {
		size_t idle = cache_idle_bytes();

		model_begin(&model, class);
		for (int i = 0; i < 1500; i++) {
			bool shrinks = i / 150 % 2;
			unsigned int what = unit_random(&seed) % 40;

			if (what == 0 && model.nr_slabs < 8)
				add_slab(&model);
			else if (what == 1)
				purge(&model.cache, i % 3, i % 2);
			else if (what == 2)
				recommit(&model);
			else if (what % 4 == (shrinks ? 0 : 2))
				take(&model, unit_random(&seed) % 64);
			else if (what % 4 == 3)
				give(&model, &seed, unit_random(&seed) % 64);
			model_check(&model);
		}
		give_all(&model, &seed);
		model_check(&model);
		purge(&model.cache, 0, false);
		assert_int_equal(cache_idle_bytes(), idle);
		model_check(&model);
		model_end(&model);
	}
}

static void test_none(void **state)
{
	struct cache cache = { 0 };
	struct slot slot;

	(void)state;
	assert_int_equal(cache_take(&cache, &slot, 1, TAG), 0);
	purge(&cache, 0, false);
	cache_check(&cache, TAG);
	assert_int_equal(cache.lock.word, 0);
}

static struct slab *slab_of(struct slot slot)
{
	return slab_first(slab_of_chunk(region_chunk_of(slot.address)));
}

/* Slabs in use first, then empty ones (dirty), then fresh ones. */
static void test_order(void **state)
{
	struct cache cache = { 0 };
	struct slab *first, *second;
	struct slot out[24], more;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(
			cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	/* 8 slots a slab: one in use, one empty, one fresh. */
	assert_int_equal(cache_take(&cache, out, 16, TAG), 16);
	first = slab_of(out[0]);
	second = slab_of(out[8]);
	assert_ptr_not_equal(first, second);
	cache_give(&cache, out, 1, TAG);
	cache_give(&cache, out + 8, 8, TAG);
	assert_int_equal(cache.nr_empty, 2);
	assert_int_equal(cache_idle_bytes(), slab_span(second));
	assert_int_equal(cache_take(&cache, &more, 1, TAG), 1);
	assert_ptr_equal(slab_of(more), first);
	assert_int_equal(cache_take(&cache, &more, 1, TAG), 1);
	assert_ptr_equal(slab_of(more), second);
	assert_int_equal(cache_idle_bytes(), 0);
	assert_int_equal(cache_take(&cache, out, 7, TAG), 7);
	for (int i = 0; i < 7; i++)
		assert_ptr_equal(slab_of(out[i]), second);
	assert_int_equal(cache_take(&cache, &more, 1, TAG), 1);
	assert_ptr_not_equal(slab_of(more), first);
	assert_ptr_not_equal(slab_of(more), second);
	assert_int_equal(cache.nr_empty, 0);
}

/* Purged memory reads as zero and its slab is fresh; the rest is as it was. */
static void test_purge(void **state)
{
	struct cache cache = { 0 };
	struct slot out[16];

	(void)state;
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, out, 16, TAG), 16);
	for (int i = 0; i < 16; i++)
		memset(out[i].address, 'x', SMALL_MAX);
	cache_give(&cache, out, 8, TAG);
	assert_int_equal(cache_idle_bytes(), 8 * SMALL_MAX);
	purge(&cache, 0, false);
	assert_int_equal(cache_idle_bytes(), 0);
	cache_check(&cache, TAG);
	for (int i = 0; i < 16; i++) {
		for (size_t at = 0; at < SMALL_MAX; at += 16)
			assert_int_equal(out[i].address[at], i < 8 ? 0 : 'x');
	}
	assert_int_equal(slab_of(out[0])->nr_used, 0);
	assert_int_equal(cache_take(&cache, out, 8, TAG), 8);
	assert_int_equal(cache.nr_out, 16);
}

/* Only what was idle for long goes back, and no more than the quota. */
static void test_purge_some(void **state)
{
	struct cache cache = { 0 };
	struct purge some = { 2, false, 12 * SMALL_MAX, false };
	size_t idle = cache_idle_bytes(), dirty = cache_dirty_bytes();
	struct slot out[32];

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(
			cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, out, 32, TAG), 32);
	cache_give(&cache, out, 16, TAG);
	slab_clock++;
	cache_give(&cache, out + 16, 8, TAG);
	purge(&cache, 2, false);
	assert_int_equal(cache_idle_bytes(), idle + 24 * SMALL_MAX);
	slab_clock++;
	purge_some(&cache, &some, TAG);
	/* Two of three are old; the second one uses the quota up. */
	assert_int_equal(some.quota, 0);
	assert_int_equal(cache_idle_bytes(), idle + 8 * SMALL_MAX);
	purge_some(&cache, &some, TAG);
	slab_clock++;
	purge_some(&cache, &some, TAG);
	assert_int_equal(cache_idle_bytes(), idle + 8 * SMALL_MAX);
	cache_check(&cache, TAG);
	purge(&cache, 2, false);
	assert_int_equal(cache_idle_bytes(), idle);
	assert_int_equal(cache_dirty_bytes(), dirty + 8 * SMALL_MAX);
	cache_give(&cache, out + 24, 8, TAG);
	purge(&cache, 0, false);
	assert_int_equal(cache_dirty_bytes(), dirty);
}

/* Two threads share a slab only where there is no other way. */
static void test_taker(void **state)
{
	struct cache cache = { 0 };
	struct slot one, other;
	const uint32_t second = TAG + 1;

	(void)state;
	assert_true(cache_add_slab(&cache, fixture_slab(0, 0), TAG));
	assert_int_equal(cache_take(&cache, &one, 1, TAG), 1);
	assert_int_equal(cache_take(&cache, &other, 1, second), 0);
	assert_int_equal(cache_take_any(&cache, &other, 1, second), 1);
	assert_ptr_equal(slab_of(one), slab_of(other));
	assert_int_equal(cache_take(&cache, &one, 1, TAG), 0);
	assert_true(cache_add_slab(&cache, fixture_slab(0, 0), TAG));
	assert_int_equal(cache_take(&cache, &one, 1, TAG), 1);
	assert_ptr_not_equal(slab_of(one), slab_of(other));
	cache_check(&cache, TAG);
}

/* Who shares has the shared slab for its own then. */
static void test_many_takers(void **state)
{
	const uint32_t last = TAG + CACHE_FOREIGN_MAX + 1;
	struct cache cache = { 0 };
	struct slot one, other;

	(void)state;
	for (uint32_t tag = TAG; tag < last; tag++) {
		assert_int_equal(cache_take(&cache, &one, 1, tag), 0);
		assert_true(cache_add_slab(&cache, fixture_slab(0, 0), tag));
		assert_int_equal(cache_take(&cache, &one, 1, tag), 1);
	}
	assert_int_equal(cache_take(&cache, &one, 1, last), 1);
	assert_int_equal(cache_take(&cache, &other, 1, last), 1);
	assert_ptr_equal(slab_of(one), slab_of(other));
	assert_int_equal(cache.partial, slab_chunk(slab_of(one)));
	cache_check(&cache, TAG);
}

/* A refunded slab's pages are gone until they are committed again. */
static void test_refund(void **state)
{
	struct cache cache = { 0 };
	struct slot out[8], again[8];

	(void)state;
	assert_false(cache_recommit(&cache, TAG));
	assert_true(cache_add_slab(&cache, fixture_slab(LARGEST, 0), TAG));
	assert_int_equal(cache_take(&cache, out, 8, TAG), 8);
	memset(out[0].address, 'x', SMALL_MAX);
	cache_give(&cache, out, 8, TAG);
	purge(&cache, 0, true);
	assert_int_equal(cache_idle_bytes(), 0);
	assert_int_equal(cache.nr_empty, 1);
	assert_false(unit_can_read(out[0].address));
	assert_int_equal(cache_take(&cache, again, 8, TAG), 0);
	cache_check(&cache, TAG);
	assert_true(cache_recommit(&cache, TAG));
	assert_int_equal(out[0].address[0], 0);
	assert_int_equal(cache_take(&cache, again, 8, TAG), 8);
	assert_false(cache_recommit(&cache, TAG));
	cache_check(&cache, TAG);
}

/* Each record of a slab is known by the lists and nothing else. */
static void harm(int how)
{
	struct cache cache = { 0 };
	struct slab *slab = fixture_slab(LARGEST, 0);
	struct slot out[8];

	cache_add_slab(&cache, slab, TAG);
	cache_take(&cache, out, 3, TAG);
	cache_check(&cache, TAG);
	switch (how) {
	case 0: /* full, but on a list */
		slab_take_slots_locked(slab, out, 8);
		break;
	case 1:
		cache.empty = cache.partial;
		cache.partial = 0;
		break;
	case 2:
		slab->nr_free++;
		break;
	}
	cache_check(&cache, TAG);
}

static void test_damage_is_seen(void **state)
{
	static const char *const words[] = {
		"slab on the wrong list",
		"slab on the wrong list",
		"slab's count of free slots",
	};

	(void)state;
	unit_run_harms(harm, words, array_size(words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_purge),
		cmocka_unit_test(test_purge_some),
		cmocka_unit_test(test_taker),
		cmocka_unit_test(test_many_takers),
		cmocka_unit_test(test_refund),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_damage_is_seen),
	};

	return cmocka_run_group_tests(tests, cached_begin, NULL);
}
