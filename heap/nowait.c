/* SPDX-License-Identifier: Apache-2.0 */
/* nowait: see nowait.h. */
#include "heap/nowait.h"

#include "heap/named.h"
#include "heap/supply.h"
#include "heap/trace.h"

/*
 * A place is NULL or the address of a slot that is STOCK in no magazine: a
 * word, so that one exchange puts it and one takes it.
 */
static char *waiting[NOWAIT_FREES_MAX];
static unsigned int nr_waiting;
static unsigned int next_place;

/* Bins that had nothing left, with the low bit set; 0: none. */
static uint32_t wanted[NOWAIT_WANTED_MAX];

/* A slab of ground that is committed already; NULL: none, or it is locked. */
static struct slab *make_slab(uint32_t bin, uint32_t tag)
{
	struct partition *partition = layout_partition(bin);
	size_t size = layout_slot_size(bin);
	size_t span = layout_span(bin);
	uint8_t *states = NULL;
	struct slab *slab;
	char *ground;

	if (!lock_try(&partition->lock, tag))
		return NULL;
	ground = ground_take_committed(&partition->slabs, span);
	if (ground)
		states = arena_take_committed(&layout.states,
					      slab_nr_states(size, span), 8);
	if (ground && !states)
		ground_untake(&partition->slabs, span);
	lock_release(&partition->lock);
	if (!states)
		return NULL;
	slab = slab_of_chunk(region_chunk_of(ground));
	slab_init(slab, size, span, bin, states);
	return slab;
}

/* Remembers that somebody should fill the bin's cache; twice does not hurt. */
static void want(uint32_t bin)
{
	uint32_t *place = &wanted[(bin >> BIN_SHIFT) % NOWAIT_WANTED_MAX];

	if (!__atomic_exchange_n(place, bin | 1, __ATOMIC_RELAXED))
		__atomic_fetch_add(&nr_waiting, 1, __ATOMIC_RELAXED);
}

void *nowait_alloc(uint32_t bin)
{
	struct cache *cache = cache_of_bin(bin);
	uint32_t tag = thread_tag(thread_own());
	struct slot slot;

	if (!cache_try_lock(cache, tag))
		return NULL;
	if (!cache_take_locked(cache, &slot, 1, 0)) {
		struct slab *slab = make_slab(bin, tag);

		if (!slab) {
			cache_unlock(cache);
			want(bin);
			return NULL;
		}
		cache_add_slab_locked(cache, slab);
		cache_take_locked(cache, &slot, 1, 0);
	}
	cache_unlock(cache);
	named_construct(bin, &slot, 1);
	if (unlikely(layout_is_hardened(bin)))
		scrub_dress(&layout.scrub, slot.address, layout_slot_size(bin));
	if (unlikely(layout.is_traced))
		trace_alloc(slot.address);
	__atomic_store_n(slot.state, SLOT_LIVE, __ATOMIC_RELAXED);
	return slot.address;
}

/* False when all places are taken: the slot is in stock for ever. */
static bool keep_waiting(char *p)
{
	unsigned int at = __atomic_fetch_add(&next_place, 1, __ATOMIC_RELAXED);

	__atomic_fetch_add(&nr_waiting, 1, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < NOWAIT_FREES_MAX; i++) {
		char **place = &waiting[(at + i) % NOWAIT_FREES_MAX];
		char *free = NULL;

		if (__atomic_compare_exchange_n(place, &free, p, false,
						__ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return true;
	}
	__atomic_fetch_sub(&nr_waiting, 1, __ATOMIC_RELAXED);
	return false;
}

void nowait_free(const struct slab *slab, char *p, uint8_t *state)
{
	struct cache *cache = cache_of_bin(slab->bin);
	struct slot slot = { p, state };

	if (unlikely(layout_is_hardened(slab->bin)))
		scrub_clean(&layout.scrub, p, slab->size);
	if (unlikely(layout.is_traced))
		trace_free(p);
	if (!cache_try_lock(cache, thread_tag(thread_own()))) {
		keep_waiting(p);
		return;
	}
	cache_give_locked(cache, &slot, 1);
	cache_unlock(cache);
}

bool nowait_is_unsettled(void)
{
	return __atomic_load_n(&nr_waiting, __ATOMIC_RELAXED);
}

static void fill_wanted(struct heap *heap)
{
	for (unsigned int i = 0; i < NOWAIT_WANTED_MAX; i++) {
		uint32_t bin =
			__atomic_exchange_n(&wanted[i], 0, __ATOMIC_RELAXED);
		struct slab *slab;

		if (!bin)
			continue;
		__atomic_fetch_sub(&nr_waiting, 1, __ATOMIC_RELAXED);
		bin &= ~1u;
		slab = supply_make_slab(heap, bin);
		if (slab)
			cache_add_slab(cache_of_bin(bin), slab,
				       thread_tag(heap));
	}
}

/* Pairs with the release in keep_waiting(): the slot's state is STOCK. */
static void give_home(struct heap *heap)
{
	for (unsigned int i = 0; i < NOWAIT_FREES_MAX; i++) {
		char *p = __atomic_exchange_n(&waiting[i], NULL,
					      __ATOMIC_ACQUIRE);
		struct slot slot = { p, NULL };
		struct slab *slab;

		if (!p)
			continue;
		__atomic_fetch_sub(&nr_waiting, 1, __ATOMIC_RELAXED);
		slab = slab_of_chunk(region_chunk_of(p));
		slab_find_state(slab, p, &slot.state);
		cache_give(cache_of_bin(slab->bin), &slot, 1, thread_tag(heap));
	}
}

void nowait_settle(struct heap *heap)
{
	give_home(heap);
	fill_wanted(heap);
}
