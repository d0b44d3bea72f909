/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/size_class.h"
#include "slab/slab.h"
#include "tests/unit/fixture.h"

/* What a slab of the class must be, and the stupid twin that says so. */
struct model {
	struct slab *slab;
	unsigned int nr_slots;
	size_t size;
	char *base;
	unsigned char *states; /* one a slot */
	unsigned int nr[3];    /* slots in each state */
};

static void model_begin(struct model *model, unsigned int class)
{
	model->slab = fixture_slab(class, 0x1230);
	model->size = class_size(class);
	model->nr_slots = class_span(class, region_grain()) / model->size;
	model->base = region_chunk_base(model->slab);
	model->states = test_calloc(model->nr_slots, 1);
	memset(model->nr, 0, sizeof(model->nr));
	model->nr[SLOT_FREE] = model->nr_slots;
}

static void model_end(struct model *model)
{
	test_free(model->states);
}

static void set_state(struct model *model, unsigned int slot,
		      enum slot_state from, enum slot_state to)
{
	assert_int_equal(model->states[slot], from);
	model->states[slot] = to;
	model->nr[from]--;
	model->nr[to]++;
}

/* The model counts NEW as STOCK; take() tells them apart. */
static enum slot_state plain(uint8_t state)
{
	return state == SLOT_NEW ? SLOT_STOCK : state;
}

static void model_check(const struct model *model)
{
	const struct slab *slab = model->slab;

	slab_check(slab);
	for (unsigned int i = 0; i < model->nr_slots; i++)
		assert_int_equal(plain(slab->states[i]), model->states[i]);
	assert_int_equal(slab->nr_free + slab->nr_slots - slab->nr_used,
			 model->nr[SLOT_FREE]);
	assert_int_equal(slab_is_empty(slab),
			 model->nr[SLOT_FREE] == model->nr_slots);
	assert_int_equal(slab_has_room(slab), model->nr[SLOT_FREE] > 0);
}

static void take(struct model *model, unsigned int max)
{
	struct slot out[80];
	unsigned int used = model->slab->nr_used;
	unsigned int got = slab_take_slots_locked(model->slab, out, max);
	unsigned int there = model->nr[SLOT_FREE];

	assert_int_equal(got, there < max ? there : max);
	for (unsigned int i = 0; i < got; i++) {
		size_t slot = (out[i].address - model->base) / model->size;

		assert_true(slot < model->nr_slots);
		assert_ptr_equal(out[i].address,
				 model->base + slot * model->size);
		assert_ptr_equal(out[i].state, &model->slab->states[slot]);
		assert_int_equal(*out[i].state,
				 slot < used ? SLOT_STOCK : SLOT_NEW);
		set_state(model, slot, SLOT_FREE, SLOT_STOCK);
	}
}

static void give(struct slab *slab, uint8_t *state)
{
	size_t index = state - slab->states;
	struct slot slot = {
		region_chunk_base(slab) + index * slab->size,
		state,
	};

	assert_int_equal(slab_give_slots_locked(slab, &slot, 1), 1);
}

/* A random slot in @from goes to @to: the next one from a random place. */
static void move_one(struct model *model, uint64_t *seed, enum slot_state from,
		     enum slot_state to)
{
	unsigned int slot = unit_random(seed) % model->nr_slots;

	if (!model->nr[from])
		return;
	while (model->states[slot] != from)
		slot = (slot + 1) % model->nr_slots;
	set_state(model, slot, from, to);
	if (to == SLOT_FREE)
		give(model->slab, &model->slab->states[slot]);
	else
		model->slab->states[slot] = to;
}

static void step(struct model *model, uint64_t *seed, bool shrinks)
{
	switch (unit_random(seed) % 8) {
	case 0:
		return take(model, unit_random(seed) % (shrinks ? 2 : 70));
	case 1:
	case 2:
		return move_one(model, seed, SLOT_STOCK, SLOT_LIVE);
	case 3:
	case 4:
		return move_one(model, seed, SLOT_LIVE, SLOT_STOCK);
	default:
		for (int i = 0; i < (shrinks ? 8 : 2); i++)
			move_one(model, seed, SLOT_STOCK, SLOT_FREE);
	}
}

static void test_model(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		struct model model;

		model_begin(&model, class);
		for (int i = 0; i < 400; i++) {
			step(&model, &seed, i / 100 % 2);
			model_check(&model);
		}
		model_end(&model);
	}
}

/*
 * Every offset of every chunk of the span: its slot, or no slot at all. What
 * may follow the last slot is one that is never handed out.
 */
static void test_find_state(void **state)
{
	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		struct slab *slab = fixture_slab(class, 0);
		char *base = region_chunk_base(slab);
		size_t span = class_span(class, region_grain());
		size_t size = class_size(class);

		assert_true(slab_nr_states(size, span) * size >= span);
		for (size_t at = 0; at < span; at++) {
			size_t chunk = region_chunk_of(base + at);
			struct slab *record = slab_of_chunk(chunk);
			uint8_t *found;

			assert_int_equal(
				slab_find_state(record, base + at, &found),
				at % size == 0);
			if (at % size == 0)
				assert_ptr_equal(found,
						 slab->states + at / size);
		}
	}
}

static void test_records(void **state)
{
	(void)state;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		struct slab *slab = fixture_slab(class, 0x7fe0);
		size_t span = class_span(class, region_grain());
		uint32_t first = slab_chunk(slab);

		for (size_t i = 0; i < span / CHUNK_SIZE; i++) {
			struct slab *record = slab_of_chunk(first + i);

			assert_ptr_equal(slab_first(record), slab);
			assert_int_equal(slab_chunk(record), first + i);
			assert_int_equal(record->kind, SLAB_SMALL);
			assert_int_equal(record->home, 0x7fe0);
			assert_int_equal(record->size, class_size(class));
			assert_int_equal(slab_span(record), span);
			assert_int_equal(record->bias, i);
			assert_ptr_equal(record->states, slab->states);
		}
	}
}

static void test_reset(void **state)
{
	struct model model;

	(void)state;
	model_begin(&model, 5);
	take(&model, 30);
	for (unsigned int i = 0; i < model.nr_slots; i++) {
		if (model.states[i] == SLOT_STOCK) {
			set_state(&model, i, SLOT_STOCK, SLOT_FREE);
			give(model.slab, &model.slab->states[i]);
		}
	}
	assert_true(slab_is_empty(model.slab));
	slab_reset(model.slab);
	assert_int_equal(model.slab->nr_used, 0);
	assert_int_equal(model.slab->nr_free, 0);
	model_check(&model);
	take(&model, 70);
	model_check(&model);
	model_end(&model);
}

/* A slot never handed out is not taken before one that came back. */
static void test_used_before_fresh(void **state)
{
	struct slot out[16];
	struct slab *slab = fixture_slab(0, 0);

	(void)state;
	assert_int_equal(slab_take_slots_locked(slab, out, 16), 16);
	assert_int_equal(slab->nr_used, 16);
	for (int i = 0; i < 16; i += 2)
		give(slab, out[i].state);
	assert_int_equal(slab_take_slots_locked(slab, out, 8), 8);
	assert_int_equal(slab->nr_used, 16);
	assert_int_equal(slab->nr_free, 0);
}

/* Given back by the run: as many as follow each other in the slab. */
static void test_give_runs(void **state)
{
	struct slab *one = fixture_slab(2, 0);
	struct slab *other = fixture_slab(2, 0);
	struct slot out[12];

	(void)state;
	slab_take_slots_locked(one, out, 5);
	slab_take_slots_locked(other, out + 5, 4);
	slab_take_slots_locked(one, out + 9, 3);
	assert_int_equal(slab_give_slots_locked(one, out, 12), 5);
	assert_int_equal(slab_give_slots_locked(other, out + 5, 7), 4);
	assert_int_equal(slab_give_slots_locked(one, out + 9, 2), 2);
	assert_int_equal(one->nr_free, 7);
	assert_true(slab_is_empty(other));
	assert_int_equal(*out[11].state, SLOT_NEW);
	slab_check(one);
	slab_check(other);
}

/* Puts the first @nr of @slots into the reverse order. */
static void reverse(struct slot *slots, unsigned int nr)
{
	for (unsigned int i = 0; i < nr / 2; i++) {
		struct slot slot = slots[i];

		slots[i] = slots[nr - 1 - i];
		slots[nr - 1 - i] = slot;
	}
}

/* Gives @nr slots from @first on, all of one slab; the rest stays out. */
static void give_range(unsigned int first, unsigned int nr, bool is_downward)
{
	struct slab *slab = fixture_slab(2, 0);
	struct slot out[48];

	assert_int_equal(slab_take_slots_locked(slab, out, 48), 48);
	/* New ones come so that the first is popped first. */
	assert_ptr_equal(out[47].address, region_chunk_base(slab));
	reverse(out, 48);
	/* Some are NEW and some only STOCK. */
	for (unsigned int i = 0; i < 48; i += 3)
		*out[i].state = SLOT_STOCK;
	if (is_downward)
		reverse(out + first, nr);
	assert_int_equal(slab_give_slots_locked(slab, out + first, nr), nr);
	assert_int_equal(slab->nr_free, nr);
	for (unsigned int i = 0; i < 48; i++)
		assert_int_equal(slab->states[i] == SLOT_FREE,
				 i >= first && i < first + nr);
	slab_check(slab);
}

/* Any number from anywhere: eights, what is left of them, and no neighbour. */
static void test_give_in_order(void **state)
{
	(void)state;
	for (unsigned int first = 0; first < 10; first++) {
		for (unsigned int nr = 1; nr < 36; nr++) {
			give_range(first, nr, false);
			give_range(first, nr, true);
		}
	}
}

/* Eight of which two changed places, or one is from elsewhere in the slab. */
static void test_give_disorder(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		for (unsigned int j = 0; j < 24; j++) {
			struct slab *slab = fixture_slab(2, 0);
			struct slot out[24], slot;

			slab_take_slots_locked(slab, out, 24);
			slot = out[i];
			out[i] = out[j];
			out[j] = slot;
			assert_int_equal(slab_give_slots_locked(slab, out, 8),
					 8);
			for (int k = 0; k < 24; k++)
				assert_int_equal(*out[k].state,
						 k < 8 ? SLOT_FREE : SLOT_NEW);
			assert_int_equal(slab->nr_free, 8);
			slab_check(slab);
		}
	}
}

/* All slots of a slab of the smallest class, whose states fill whole lines. */
static struct slot *take_all(struct slab *slab)
{
	struct slot *slots = test_calloc(slab->nr_slots, sizeof(*slots));

	assert_int_equal(slab->nr_slots % SLAB_STATES_LINE, 0);
	assert_int_equal(slab_take_slots_locked(slab, slots, slab->nr_slots),
			 slab->nr_slots);
	reverse(slots, slab->nr_slots);
	return slots;
}

/* States of two slabs follow each other as if they were of one. */
static void test_give_across_slabs(void **state)
{
	struct slab *one = fixture_slab(0, 0);
	struct slab *other = fixture_slab(0, 0);
	struct slot *last = take_all(one) + one->nr_slots;
	struct slot *first = take_all(other);

	(void)state;
	assert_ptr_equal(last[-1].state + 1, first[0].state);
	for (unsigned int nr = 1; nr < 20; nr++) {
		struct slot run[20];

		memcpy(run, last - nr, nr * sizeof(*run));
		memcpy(run + nr, first, (20 - nr) * sizeof(*run));
		assert_int_equal(slab_give_slots_locked(one, run, 20), nr);
		assert_int_equal(one->nr_free, nr);
		assert_int_equal(*first->state, SLOT_NEW);
		reverse(run, 20);
		assert_int_equal(slab_give_slots_locked(other, run, 20),
				 20 - nr);
		assert_int_equal(other->nr_free, 20 - nr);
		slab_check(one);
		slab_check(other);
		slab_take_slots_locked(one, run, nr);
		slab_take_slots_locked(other, run, 20 - nr);
		for (unsigned int i = 0; i < 20; i++)
			*first[i].state = SLOT_NEW;
	}
	test_free(last - one->nr_slots);
	test_free(first);
}

/* Eight neighbours, of which one is as no slot in stock may be. */
static void harm_eight(int how)
{
	struct slab *slab = fixture_slab(9, 0);
	struct slot out[8];

	slab_take_slots_locked(slab, out, 8);
	*out[how % 8].state = how < 16 ? SLOT_FREE : SLOT_LIVE;
	if (how / 8 % 2)
		reverse(out, 8);
	slab_give_slots_locked(slab, out, 8);
}

static void test_harm_among_eight(void **state)
{
	static const char *words[32];

	(void)state;
	for (size_t i = 0; i < array_size(words); i++)
		words[i] = "slot given back that was not in stock";
	unit_run_harms(harm_eight, words, array_size(words));
}

/* A slab with one slot out, harmed as the number says. */
static void harm(int how)
{
	struct slab *slab = fixture_slab(9, 0);
	struct slot out[4];

	slab_take_slots_locked(slab, out, 4);
	give(slab, out[1].state);
	slab_check(slab);
	switch (how) {
	case 0:
		slab->nr_free++;
		break;
	case 1:
		slab->states[2] = 7;
		break;
	case 2:
		slab->states[10] = SLOT_LIVE;
		break;
	case 3:
		give(slab, out[1].state);
		break;
	case 4:
		*out[2].state = SLOT_LIVE;
		give(slab, out[2].state);
		break;
	case 5:
		slab->nr_free = 3;
		slab_take_slots_locked(slab, out, 3);
		break;
	}
	slab_check(slab);
}

static void test_damage_is_seen(void **state)
{
	static const char *const words[] = {
		"slab's count of free slots",
		"slot state",
		"slot out that was never handed out",
		"slot given back that was not in stock",
		"slot given back that was not in stock",
		"slab's count of free slots",
	};

	(void)state;
	unit_run_harms(harm, words, array_size(words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_find_state),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_used_before_fresh),
		cmocka_unit_test(test_give_runs),
		cmocka_unit_test(test_give_in_order),
		cmocka_unit_test(test_give_disorder),
		cmocka_unit_test(test_give_across_slabs),
		cmocka_unit_test(test_harm_among_eight),
		cmocka_unit_test(test_damage_is_seen),
	};

	return cmocka_run_group_tests(tests, fixture_begin, NULL);
}
