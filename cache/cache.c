/* SPDX-License-Identifier: Apache-2.0 */
/* cache: see cache.h. */
#include "cache/cache.h"

#include "os/os.h"
#include "report/report.h"

enum list {
	LIST_NONE,
	LIST_PARTIAL,
	LIST_EMPTY,
	LIST_FRESH,
	LIST_REFUNDED,
};

static size_t idle_bytes;
static size_t dirty_bytes;

size_t cache_idle_bytes(void)
{
	return __atomic_load_n(&idle_bytes, __ATOMIC_RELAXED);
}

size_t cache_dirty_bytes(void)
{
	return __atomic_load_n(&dirty_bytes, __ATOMIC_RELAXED);
}

static void add_idle(struct cache *cache, size_t bytes)
{
	cache->idle_bytes += bytes;
	__atomic_fetch_add(&idle_bytes, bytes, __ATOMIC_RELAXED);
}

static void sub_idle(struct cache *cache, size_t bytes)
{
	cache->idle_bytes -= bytes;
	__atomic_fetch_sub(&idle_bytes, bytes, __ATOMIC_RELAXED);
}

static uint32_t *head_of(struct cache *cache, enum list list)
{
	switch (list) {
	case LIST_PARTIAL:
		return &cache->partial;
	case LIST_EMPTY:
		return &cache->empty;
	case LIST_REFUNDED:
		return &cache->refunded;
	default:
		return &cache->fresh;
	}
}

static void unlink_slab(struct cache *cache, struct slab *slab)
{
	if (slab->list == LIST_NONE)
		return;
	if (slab->prev)
		slab_of_chunk(slab->prev)->next = slab->next;
	else
		*head_of(cache, slab->list) = slab->next;
	if (slab->next)
		slab_of_chunk(slab->next)->prev = slab->prev;
	if (slab->list != LIST_PARTIAL)
		cache->nr_empty--;
	if (slab->list == LIST_EMPTY)
		sub_idle(cache, slab_span(slab));
	slab->list = LIST_NONE;
}

static void link_slab(struct cache *cache, struct slab *slab, enum list list)
{
	uint32_t *head = head_of(cache, list);

	slab->list = (uint8_t)list;
	slab->prev = 0;
	slab->next = *head;
	if (*head)
		slab_of_chunk(*head)->prev = slab_chunk(slab);
	*head = slab_chunk(slab);
	if (list != LIST_PARTIAL)
		cache->nr_empty++;
	if (list == LIST_EMPTY) {
		slab_begin_idle(slab);
		add_idle(cache, slab_span(slab));
	}
}

static enum list list_for(const struct slab *slab)
{
	if (!slab->nr_used)
		return LIST_FRESH;
	if (slab_is_empty(slab))
		return LIST_EMPTY;
	return slab_has_room(slab) ? LIST_PARTIAL : LIST_NONE;
}

static void relink_slab(struct cache *cache, struct slab *slab)
{
	enum list list = list_for(slab);

	if (list == slab->list)
		return;
	if (slab->list == LIST_FRESH)
		__atomic_fetch_add(&dirty_bytes, slab_span(slab),
				   __ATOMIC_RELAXED);
	unlink_slab(cache, slab);
	if (list != LIST_NONE)
		link_slab(cache, slab, list);
}

/*
 * A slab in use that @taker took from last, or none while there are few: two
 * threads that share a slab write to the same lines, of states and of objects.
 * @taker 0 is content with any.
 */
static uint32_t pick_partial(const struct cache *cache, uint8_t taker)
{
	uint32_t chunk = cache->partial;

	for (unsigned int i = 0; chunk; i++) {
		const struct slab *slab = slab_of_chunk(chunk);

		if (!taker || slab->taker == taker || i == CACHE_FOREIGN_MAX)
			break;
		chunk = slab->next;
	}
	return chunk;
}

/* So that its taker finds it at once the next time. */
static void bring_forward(struct cache *cache, struct slab *slab)
{
	if (slab->list != LIST_PARTIAL || !slab->prev)
		return;
	unlink_slab(cache, slab);
	link_slab(cache, slab, LIST_PARTIAL);
}

static struct slab *pick_slab(const struct cache *cache, uint8_t taker)
{
	uint32_t chunk = pick_partial(cache, taker);

	if (!chunk)
		chunk = cache->empty ? cache->empty : cache->fresh;
	return chunk ? slab_of_chunk(chunk) : NULL;
}

void cache_count_out(struct cache *cache, unsigned int nr)
{
	__atomic_fetch_add(&cache->nr_out, nr, __ATOMIC_RELAXED);
}

bool cache_try_lock(struct cache *cache, uint32_t tag)
{
	return lock_try(&cache->lock, tag);
}

void cache_unlock(struct cache *cache)
{
	lock_release(&cache->lock);
}

int cache_take_locked(struct cache *cache, struct slot *out, int max,
		      uint8_t taker)
{
	int got = 0;

	while (got < max) {
		struct slab *slab = pick_slab(cache, taker);

		if (!slab)
			break;
		slab->taker = taker;
		bring_forward(cache, slab);
		got += slab_take_slots_locked(slab, out + got, max - got);
		relink_slab(cache, slab);
	}
	cache_count_out(cache, got);
	return got;
}

void cache_give_locked(struct cache *cache, const struct slot *slots,
		       unsigned int nr)
{
	unsigned int given = 0;

	while (given < nr) {
		size_t chunk = region_chunk_of(slots[given].address);
		struct slab *slab = slab_first(slab_of_chunk(chunk));

		if (slab->epoch != (uint8_t)cache->epoch) {
			given++;
			continue;
		}
		given +=
			slab_give_slots_locked(slab, slots + given, nr - given);
		/* Only a full slab, or one that is empty now, moves. */
		if (unlikely(slab->list != LIST_PARTIAL || slab_is_empty(slab)))
			relink_slab(cache, slab);
	}
	__atomic_fetch_sub(&cache->nr_out, nr, __ATOMIC_RELAXED);
}

/* Slots of the depot, which count as out again; 0: there are none. */
static unsigned int take_parcel(struct cache *cache, struct slot *out,
				unsigned int max)
{
	unsigned int got = depot_take(&cache->depot, out, max);

	if (got)
		cache_count_out(cache, got);
	return got;
}

/* What was left in the depot goes into its slabs. */
static never_inline void take_in(struct cache *cache)
{
	struct slot slots[DEPOT_SLOTS];
	unsigned int nr;

	while ((nr = take_parcel(cache, slots, DEPOT_SLOTS)))
		cache_give_locked(cache, slots, nr);
}

static void take_in_if_any(struct cache *cache)
{
	if (unlikely(!depot_is_empty(&cache->depot)))
		take_in(cache);
}

/* A lock that is held is looked at so often before it is waited for. */
#define LOOKS 32

/* Without waiting; false: somebody holds the lock, or held it at a fork. */
static bool acquire_soon(struct cache *cache, uint32_t tag)
{
	if (!lock_try_often(&cache->lock, tag, LOOKS))
		return false;
	take_in_if_any(cache);
	return true;
}

static bool acquire(struct cache *cache, uint32_t tag)
{
	switch (lock_acquire(&cache->lock, tag)) {
	case LOCK_REENTERED:
		return false;
	case LOCK_ORPHANED:
		cache->partial = 0;
		cache->empty = 0;
		cache->fresh = 0;
		cache->refunded = 0;
		cache->nr_empty = 0;
		sub_idle(cache, cache->idle_bytes);
		cache->epoch++;
		break;
	default:
		break;
	}
	take_in_if_any(cache);
	return true;
}

/* Turns left to others, who may bring something, before it is waited for. */
#define TURNS 64

/* Slots without the lock; or 0, and the lock; less than 0: neither. */
static int acquire_or_take(struct cache *cache, struct slot *out, int max,
			   uint32_t tag)
{
	for (int i = 0; i < TURNS; i++) {
		unsigned int got;

		if (acquire_soon(cache, tag))
			return 0;
		got = take_parcel(cache, out, (unsigned int)max);
		if (got)
			return (int)got;
		if (!lock_is_anothers(&cache->lock, tag))
			break;
		os_yield();
	}
	return acquire(cache, tag) ? 0 : -1;
}

static int take(struct cache *cache, struct slot *out, int max, uint32_t tag,
		uint8_t taker)
{
	int got = acquire_or_take(cache, out, max, tag);

	if (got)
		return got;
	got = cache_take_locked(cache, out, max, taker);
	lock_release(&cache->lock);
	return got;
}

/* Of a thread; never 0, which is nobody. */
static uint8_t taker_of(uint32_t tag)
{
	return (uint8_t)(tag | 0x80);
}

int cache_take(struct cache *cache, struct slot *out, int max, uint32_t tag)
{
	return take(cache, out, max, tag, taker_of(tag));
}

int cache_take_any(struct cache *cache, struct slot *out, int max, uint32_t tag)
{
	return take(cache, out, max, tag, 0);
}

/*
 * How many of the slots are in the depot now, which somebody will take in. They
 * are as if they had been in their slabs: what is new was constructed once.
 */
static unsigned int put_aside(struct cache *cache, const struct slot *slots,
			      unsigned int nr, uint32_t tag)
{
	unsigned int put;

	if (lock_is_orphaned(&cache->lock, tag))
		return 0;
	for (unsigned int i = 0; i < nr; i++)
		__atomic_store_n(slots[i].state, SLOT_STOCK, __ATOMIC_RELAXED);
	put = depot_put(&cache->depot, slots, nr);
	__atomic_fetch_sub(&cache->nr_out, put, __ATOMIC_RELAXED);
	return put;
}

void cache_give(struct cache *cache, const struct slot *slots, unsigned int nr,
		uint32_t tag)
{
	unsigned int put = 0;

	if (!acquire_soon(cache, tag)) {
		put = put_aside(cache, slots, nr, tag);
		/* A handler under its own thread's lock drops what is left. */
		if (put == nr || !acquire(cache, tag))
			return;
	}
	cache_give_locked(cache, slots + put, nr - put);
	lock_release(&cache->lock);
}

void cache_add_slab_locked(struct cache *cache, struct slab *slab)
{
	slab->epoch = (uint8_t)cache->epoch;
	__atomic_fetch_add(&cache->nr_slabs, 1, __ATOMIC_RELAXED);
	relink_slab(cache, slab);
}

bool cache_add_slab(struct cache *cache, struct slab *slab, uint32_t tag)
{
	if (!acquire(cache, tag))
		return false;
	cache_add_slab_locked(cache, slab);
	lock_release(&cache->lock);
	return true;
}

/* Takes the slabs that @purge wants off a list, into @chain. */
static uint32_t detach_wanted(struct cache *cache, enum list list,
			      struct purge *purge, uint32_t chain)
{
	uint32_t next;

	for (uint32_t chunk = *head_of(cache, list); chunk; chunk = next) {
		struct slab *slab = slab_of_chunk(chunk);

		next = slab->next;
		if (!purge_wants(purge, slab))
			continue;
		if (list == LIST_EMPTY || purge->refund)
			purge_count(purge, slab_span(slab));
		unlink_slab(cache, slab);
		slab->next = chain;
		chain = chunk;
	}
	return chain;
}

uint32_t cache_detach_idle(struct cache *cache, struct purge *purge,
			   uint32_t chain, uint32_t tag)
{
	if (!acquire(cache, tag))
		return chain;
	chain = detach_wanted(cache, LIST_EMPTY, purge, chain);
	if (purge->clean_too)
		chain = detach_wanted(cache, LIST_FRESH, purge, chain);
	lock_release(&cache->lock);
	return chain;
}

void cache_attach(struct cache *cache, struct slab *slab, enum given given,
		  uint32_t tag)
{
	enum list list = given == GIVEN_REFUNDED ? LIST_REFUNDED : LIST_FRESH;

	if (!acquire(cache, tag))
		return;
	if (slab->epoch == (uint8_t)cache->epoch) {
		if (given != GIVEN_NOT && slab->nr_used) {
			slab_reset(slab);
			__atomic_fetch_sub(&dirty_bytes, slab_span(slab),
					   __ATOMIC_RELAXED);
		}
		link_slab(cache, slab,
			  given == GIVEN_NOT ? list_for(slab) : list);
	}
	lock_release(&cache->lock);
}

bool cache_recommit(struct cache *cache, uint32_t tag)
{
	struct slab *slab = NULL;
	bool done;

	if (!acquire(cache, tag))
		return false;
	if (cache->refunded) {
		slab = slab_of_chunk(cache->refunded);
		unlink_slab(cache, slab);
	}
	lock_release(&cache->lock);
	if (!slab)
		return false;
	done = os_commit_reserved(region_chunk_base(slab), slab_span(slab));
	if (!acquire(cache, tag))
		return false;
	if (slab->epoch == (uint8_t)cache->epoch)
		link_slab(cache, slab, done ? LIST_FRESH : LIST_REFUNDED);
	lock_release(&cache->lock);
	return done;
}

static void check_list(struct cache *cache, enum list list)
{
	for (uint32_t chunk = *head_of(cache, list); chunk;) {
		struct slab *slab = slab_of_chunk(chunk);

		slab_check(slab);
		if (slab->list != list ||
		    (list != LIST_REFUNDED && list_for(slab) != list))
			report_broken("slab on the wrong list");
		chunk = slab->next;
	}
}

void cache_check(struct cache *cache, uint32_t tag)
{
	if (!acquire(cache, tag))
		return;
	check_list(cache, LIST_PARTIAL);
	check_list(cache, LIST_EMPTY);
	check_list(cache, LIST_FRESH);
	check_list(cache, LIST_REFUNDED);
	lock_release(&cache->lock);
}
