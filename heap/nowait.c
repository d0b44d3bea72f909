/* SPDX-License-Identifier: Apache-2.0 */
/* nowait: see nowait.h. */
#include "heap/nowait.h"

#include "base/align.h"
#include "base/random.h"
#include "heap/large.h"
#include "heap/named.h"
#include "heap/supply.h"
#include "heap/trace.h"

/* With the word behind them a page. */
#define NR_PLACES 511u

/*
 * A place is NULL or the address of an object that is STOCK in no magazine: a
 * word, so that one exchange puts it and one takes it. Lists only grow.
 */
struct parking {
	char *places[NR_PLACES];
	struct parking *next;
};

static struct parking first_parking;
/* Where a free place is likely; any is right. */
static struct parking *parking_now = &first_parking;
static unsigned int next_place;
static unsigned int next_help;

/* Places looked at by who frees without waiting, to help those that wait. */
#define HELP_PLACES 16u

unsigned int nowait_nr_waiting;

/* Nobody else draws without a thread's heap. */
static uint64_t draw_state = 1;

/* At most, and a kilobyte of stack. */
#define DRAW_SLOTS 64u

/* Bins that had nothing left, with the low bit set; 0: none. */
static uint32_t wanted[NOWAIT_WANTED_MAX];

/* Whether rows are to be given ground again; and whether they ever were. */
static bool is_ground_wanted;
static bool was_prepared;

static void count_waiting(int more)
{
	__atomic_fetch_add(&nowait_nr_waiting, more, __ATOMIC_RELAXED);
}

/* A slab of ground that is committed already; NULL: none, or it is locked. */
static struct slab *make_slab(uint32_t bin, uint32_t tag, unsigned int tries)
{
	struct partition *partition = layout_partition(bin);
	size_t size = layout_slot_size(bin);
	size_t span = layout_span(bin);
	uint8_t *states = NULL;
	struct slab *slab;
	char *ground;

	if (!lock_try_often(&partition->lock, tag, tries))
		return NULL;
	ground = ground_take_committed(&partition->slabs, span);
	if (ground)
		states = arena_take_committed(&layout.states,
					      slab_nr_states(size, span),
					      SLAB_STATES_LINE);
	if (ground && !states)
		ground_untake(&partition->slabs, span);
	if (states)
		layout_note_slab(partition, bin);
	lock_release(&partition->lock);
	if (!__atomic_exchange_n(&is_ground_wanted, true, __ATOMIC_RELAXED))
		count_waiting(1);
	if (!states)
		return NULL;
	slab = slab_of_chunk(region_chunk_of(ground));
	slab_init(slab, size, span, layout_home(bin), states);
	return slab;
}

/* Places looked at for one that is free, or has the bin already. */
#define WANT_PLACES 8u

/* Remembers that somebody should fill the bin's cache; twice does not hurt. */
static void want(uint32_t bin)
{
	uint32_t first = bin >> BIN_SHIFT;
	uint32_t *place;

	for (unsigned int i = 0; i < WANT_PLACES; i++) {
		uint32_t there = 0;

		place = &wanted[(first + i) % NOWAIT_WANTED_MAX];
		if (__atomic_compare_exchange_n(place, &there, bin | 1, false,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return count_waiting(1);
		if (there == (bin | 1))
			return;
	}
	/* None is: one drives out another. */
	if (!__atomic_exchange_n(place, bin | 1, __ATOMIC_RELAXED))
		count_waiting(1);
}

/*
 * Of how many one is drawn. What is new and goes back would be taken for
 * constructed.
 */
static unsigned int nr_to_draw_from(uint32_t bin)
{
	bool is_made = layout_is_named(bin) && layout_named(bin)->ctor;

	return layout.draws && !is_made ? layout_hold_rule(bin)->batch : 1;
}

/* The pools are their threads', and a handler may have stopped one. */
static uint64_t next_random(void)
{
	uint64_t old = __atomic_load_n(&draw_state, __ATOMIC_RELAXED);
	uint64_t next;

	do {
		next = old;
		random_next(&next);
	} while (!__atomic_compare_exchange_n(&draw_state, &old, next, true,
					      __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return random_mix(next);
}

void nowait_seed(uint64_t seed)
{
	__atomic_store_n(&draw_state, seed | 1, __ATOMIC_RELAXED);
}

/* One of those that are free; false: there is none. */
static bool take_locked(struct cache *cache, uint32_t bin, struct slot *slot)
{
	struct slot slots[DRAW_SLOTS];
	unsigned int nr = uint_min(nr_to_draw_from(bin), DRAW_SLOTS);
	unsigned int drawn = 0;

	nr = (unsigned int)cache_take_locked(cache, slots, (int)nr, 0);
	if (!nr)
		return false;
	if (nr > 1)
		drawn = (next_random() >> 32) * nr >> 32;
	*slot = slots[drawn];
	slots[drawn] = slots[nr - 1];
	cache_give_locked(cache, slots, nr - 1);
	return true;
}

void *nowait_alloc(uint32_t bin, unsigned int tries)
{
	struct cache *cache = cache_of_bin(bin);
	uint32_t tag = thread_tag(thread_own());
	struct slot slot;
	bool has_more;

	if (!lock_try_often(&cache->lock, tag, tries))
		return NULL;
	if (!take_locked(cache, bin, &slot)) {
		struct slab *slab = make_slab(bin, tag, tries);

		if (!slab) {
			cache_unlock(cache);
			want(bin);
			return NULL;
		}
		cache_add_slab_locked(cache, slab);
		take_locked(cache, bin, &slot);
	}
	has_more = cache->partial || cache->empty || cache->fresh;
	cache_unlock(cache);
	/* The next one shall not have to fail first. */
	if (!has_more)
		want(bin);
	named_construct(bin, &slot, 1);
	if (unlikely(layout_is_hardened(bin)))
		scrub_dress(&layout.scrub, slot.address, layout_slot_size(bin));
	if (unlikely(layout.is_traced))
		trace_alloc(slot.address, 0);
	__atomic_store_n(slot.state, SLOT_LIVE, __ATOMIC_RELAXED);
	heap_count_alloc(thread_own(), bin);
	return slot.address;
}

/* The list after @parking, made if need be; NULL: the arena has no room. */
static struct parking *parking_after(struct parking *parking)
{
	struct parking *next =
		__atomic_load_n(&parking->next, __ATOMIC_ACQUIRE);
	struct parking *made;

	if (next)
		return next;
	made = arena_take_committed(&layout.arena, sizeof(*made), 64);
	if (!made)
		return NULL;
	/* Who came first has its way; what was made here is lost. */
	return __atomic_compare_exchange_n(&parking->next, &next, made, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
		       ? made
		       : next;
}

static bool put_in(struct parking *parking, char *p)
{
	unsigned int at = __atomic_fetch_add(&next_place, 1, __ATOMIC_RELAXED);

	for (unsigned int i = 0; i < NR_PLACES; i++) {
		char **place = &parking->places[(at + i) % NR_PLACES];
		char *free = NULL;

		if (__atomic_compare_exchange_n(place, &free, p, false,
						__ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return true;
	}
	return false;
}

/* With no place and no room for more the object is in stock for ever. */
static void park(char *p)
{
	struct parking *parking =
		__atomic_load_n(&parking_now, __ATOMIC_ACQUIRE);

	count_waiting(1);
	while (parking && !put_in(parking, p)) {
		parking = parking_after(parking);
		if (parking)
			__atomic_store_n(&parking_now, parking,
					 __ATOMIC_RELEASE);
	}
	if (!parking)
		count_waiting(-1);
}

/* The slot that begins at @p, which is STOCK. */
static struct slot slot_at(char *p)
{
	struct slot slot = { p, NULL };

	slab_find_state(slab_of_chunk(region_chunk_of(p)), p, &slot.state);
	return slot;
}

/*
 * Gives home what waits there, if its cache is not locked: where nobody ever
 * waits, nobody else would. Taken under the lock, so that it need not go back.
 */
static void help_place(char **place, uint32_t tag)
{
	char *p = __atomic_load_n(place, __ATOMIC_ACQUIRE);
	const struct slab *slab;
	struct cache *cache;
	struct slot slot;

	if (!p)
		return;
	slab = slab_of_chunk(region_chunk_of(p));
	cache = cache_of_bin(bin_of_slab(slab));
	if (slab->kind == SLAB_LARGE || !cache_try_lock(cache, tag))
		return;
	if (__atomic_compare_exchange_n(place, &p, NULL, false,
					__ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		slot = slot_at(p);
		cache_give_locked(cache, &slot, 1);
		count_waiting(-1);
	}
	cache_unlock(cache);
}

static void help(uint32_t tag)
{
	struct parking *parking = &first_parking;
	unsigned int at =
		__atomic_fetch_add(&next_help, HELP_PLACES, __ATOMIC_RELAXED);

	for (unsigned int i = 0; i < HELP_PLACES; i++)
		help_place(&parking->places[(at + i) % NR_PLACES], tag);
}

void nowait_free(const struct slab *slab, char *p, uint8_t *state)
{
	struct cache *cache = cache_of_bin(bin_of_slab(slab));
	struct slot slot = { p, state };
	uint32_t tag = thread_tag(thread_own());

	if (unlikely(layout.is_traced))
		trace_free(p);
	if (slab->kind == SLAB_LARGE)
		return park(p);
	if (unlikely(layout_is_hardened(bin_of_slab(slab))))
		scrub_clean(&layout.scrub, p, slab->size);
	if (!cache_try_lock(cache, tag))
		return park(p);
	cache_give_locked(cache, &slot, 1);
	cache_unlock(cache);
	if (unlikely(nowait_is_unsettled()))
		help(tag);
}

void nowait_fill(struct heap *heap, uint32_t bin)
{
	struct slab *slab = supply_make_slab(heap, bin);

	if (slab)
		cache_add_slab(cache_of_bin(bin), slab, thread_tag(heap));
}

static void fill_wanted(struct heap *heap)
{
	for (unsigned int i = 0; i < NOWAIT_WANTED_MAX; i++) {
		uint32_t bin =
			__atomic_exchange_n(&wanted[i], 0, __ATOMIC_RELAXED);

		if (!bin)
			continue;
		count_waiting(-1);
		nowait_fill(heap, bin & ~1u);
	}
}

/* Pairs with the release in put_in(): the object's state is STOCK. */
static void give_home(struct heap *heap, char **place)
{
	char *p = __atomic_exchange_n(place, NULL, __ATOMIC_ACQUIRE);
	struct slab *slab;
	struct slot slot;

	if (!p)
		return;
	count_waiting(-1);
	slab = slab_of_chunk(region_chunk_of(p));
	if (slab->kind == SLAB_LARGE) {
		if (!large_free(heap, slab))
			park(p);
		return;
	}
	slot = slot_at(p);
	cache_give(cache_of_bin(bin_of_slab(slab)), &slot, 1, thread_tag(heap));
}

void nowait_prepare(struct heap *heap)
{
	if (!__atomic_exchange_n(&was_prepared, true, __ATOMIC_RELAXED))
		supply_prepare(heap);
}

void nowait_settle(struct heap *heap)
{
	struct parking *parking = &first_parking;

	__atomic_store_n(&parking_now, parking, __ATOMIC_RELEASE);
	for (; parking;
	     parking = __atomic_load_n(&parking->next, __ATOMIC_ACQUIRE)) {
		for (unsigned int i = 0; i < NR_PLACES; i++)
			give_home(heap, &parking->places[i]);
	}
	fill_wanted(heap);
	if (__atomic_exchange_n(&is_ground_wanted, false, __ATOMIC_RELAXED)) {
		count_waiting(-1);
		supply_prepare(heap);
	}
}
