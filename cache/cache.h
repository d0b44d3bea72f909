/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache: all slabs of one partition and one size class.
 *
 * Owns:       four lists of slabs and the lock over them and over the slabs'
 *             own counts; the count of idle bytes of all caches together.
 * Promises:   slots come from slabs in use before empty ones and from empty
 *             ones before fresh ones; no system call is made under the lock.
 *             Who finds the lock taken leaves slots in the depot, or takes
 *             them from there; the next who has the lock takes in what is left.
 * Relies on:  the heap above to add slabs and to give idle ones back.
 * Invariant:  a slab with room is on exactly one list: partial (some slots
 *             out), empty (none out, memory dirty), fresh (none out, memory
 *             zero) or refunded (none out, memory to be committed first); a
 *             slab without room is on none.
 *
 * Lock order: none is waited for under a cache's lock. nowait_alloc() tries
 * its partition's; who purges may hold the purge's around it.
 *
 * After a fork, a cache whose lock's holder vanished forgets its slabs (their
 * counts may be half changed) and begins a new epoch; slots of forgotten
 * slabs that come back are dropped, so nothing is handed out twice.
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "cache/chain.h"
#include "cache/depot.h"
#include "os/lock.h"

struct cache {
	struct lock lock;

	/* Under the lock: chunk numbers, 0 for none. */
	uint32_t partial; /* LIFO: the slab that was freed into last is warm */
	uint32_t empty;	  /* LIFO, for the same reason */
	uint32_t fresh;
	uint32_t refunded;
	uint32_t nr_slabs; /* only grows; read without the lock, too */
	uint32_t nr_empty; /* on the lists empty, fresh and refunded */
	uint32_t epoch;
	uint64_t idle_bytes;

	/* Atomic: a signal handler may add to it under the thread's lock. */
	uint64_t nr_out; /* slots taken and not given back */

	struct depot depot; /* given back, and not yet in their slabs */
};

/*
 * Fills @out with up to @max slots; returns how many, 0 when a slab must be
 * added first, less than 0 when this thread holds the lock already (we are in
 * a signal handler). A slab is asked for, too, when all that have room are
 * other threads' and no more than CACHE_FOREIGN_MAX; cache_take_any() is
 * content with those.
 */
int cache_take(struct cache *cache, struct slot *out, int max, uint32_t tag);
int cache_take_any(struct cache *cache, struct slot *out, int max,
		   uint32_t tag);

/*
 * The same in parts, for who takes the lock only if it is free: 0 from
 * cache_take_locked() when a slab must be added.
 */
bool cache_try_lock(struct cache *cache, uint32_t tag);
void cache_unlock(struct cache *cache);
int cache_take_locked(struct cache *cache, struct slot *out, int max,
		      uint8_t taker);
void cache_give_locked(struct cache *cache, const struct slot *slots,
		       unsigned int nr);
void cache_add_slab_locked(struct cache *cache, struct slab *slab);

/* Slots of a slab that the cache does not know went out. */
void cache_count_out(struct cache *cache, unsigned int nr);

/* Takes @nr STOCK slots back; waits only where the depot has no room. */
void cache_give(struct cache *cache, const struct slot *slots, unsigned int nr,
		uint32_t tag);

/* A slab of this cache, just initialised. False: handler, slab is lost. */
bool cache_add_slab(struct cache *cache, struct slab *slab, uint32_t tag);

/*
 * Takes off the cache what @purge wants: empty slabs, and fresh ones with
 * @purge->clean_too. Returns @chain with them before it: see chain.h.
 */
uint32_t cache_detach_idle(struct cache *cache, struct purge *purge,
			   uint32_t chain, uint32_t tag);

/* Takes a slab of the chain back. */
void cache_attach(struct cache *cache, struct slab *slab, enum given given,
		  uint32_t tag);

/* Commits a refunded slab again; false: there is none, or no memory. */
bool cache_recommit(struct cache *cache, uint32_t tag);

static inline uint32_t cache_nr_slabs(const struct cache *cache)
{
	return __atomic_load_n(&cache->nr_slabs, __ATOMIC_RELAXED);
}

/* Bytes of empty slabs not yet purged, over all caches. */
size_t cache_idle_bytes(void);

/* Bytes of slabs that were written to and not purged since: idle or not. */
size_t cache_dirty_bytes(void);

/* Dies unless the invariant holds. */
void cache_check(struct cache *cache, uint32_t tag);

#endif /* CACHE_CACHE_H */
