/* SPDX-License-Identifier: Apache-2.0 */
/* purge: see purge.h. */
#include "heap/purge.h"

#include "base/align.h"
#include "base/probe.h"
#include "heap/large.h"
#include "os/os.h"

/* What was idle at the look before the last one is old. */
#define AGE_OLD 2

/*
 * Giving back and fetching again costs a page fault each 4 KiB: at this rate
 * it is a few parts in a hundred of one processor's time.
 */
#define BUDGET_PER_MS (128ul << 10)
#define BUDGET_MAX    (32ul << 20)

/* Atomic each, and no more: threads that look at once share one budget. */
static size_t mark;	   /* idle bytes at which to look again */
static int64_t budget;	   /* bytes that may be given back now */
static uint64_t budget_at; /* when it was brought up to date, in ms */

/*
 * One thread at a time: what it takes off the lists is missing there, and who
 * has no memory would find none. The caches' and partitions' locks are taken
 * under it. What vanished in a fork was but on its way.
 */
static struct lock purging;

static size_t nr_idle_bytes(void)
{
	return cache_idle_bytes() + layout_idle_bytes();
}

/* Bytes of slabs with live slots and of live large objects. */
static size_t nr_used_bytes(void)
{
	return cache_dirty_bytes() - cache_idle_bytes() + layout_large_bytes();
}

/* How much may be given back now of what was not used for a while. */
static int64_t update_budget(void)
{
	uint64_t most = BUDGET_MAX / BUDGET_PER_MS;
	uint64_t now = os_clock_ms();
	uint64_t then = __atomic_exchange_n(&budget_at, now, __ATOMIC_RELAXED);
	int64_t more = size_min(now - then, most) * BUDGET_PER_MS;
	int64_t sum = __atomic_load_n(&budget, __ATOMIC_RELAXED) + more;

	if (sum > (int64_t)BUDGET_MAX)
		sum = BUDGET_MAX;
	__atomic_store_n(&budget, sum, __ATOMIC_RELAXED);
	return sum;
}

/*
 * A slab that was given back in part has objects, perhaps, without what their
 * constructor made: all are made again.
 */
static void take_back(struct slab *slab, enum given given, uint32_t tag)
{
	uint32_t bin = bin_of_slab(slab);

	if (given == GIVEN_NOT && layout_is_named(bin) &&
	    layout_named(bin)->ctor)
		given = GIVEN_PURGED;
	cache_attach(cache_of_bin(bin), slab, given, tag);
}

static void purge_cache(struct heap *heap, struct named *named,
			struct purge *purge)
{
	uint32_t tag = thread_tag(heap);

	if (named->keeps_memory)
		return;
	large_purge(heap, &named->partition, purge);
	if (purge->quota)
		chain_give_back(cache_detach_idle(cache_of_bin(named->bin),
						  purge, 0, tag),
				purge->refund, take_back, tag);
}

/* All classes at once: their slabs are neighbours. */
static void purge_row(struct heap *heap, unsigned int row, struct purge *purge)
{
	uint64_t left = layout_classes(&layout.partitions[row]);
	uint32_t tag = thread_tag(heap);
	uint32_t chain = 0;

	for (; left && purge->quota; left &= left - 1) {
		uint32_t bin = bin_offset(row, __builtin_ctzl(left));

		chain = cache_detach_idle(cache_of_bin(bin), purge, chain, tag);
	}
	chain_give_back(chain, purge->refund, take_back, tag);
}

/* Whether to leave when done: a signal handler goes on in its thread's own. */
static bool enter(struct heap *heap)
{
	return lock_acquire(&purging, thread_tag(heap)) != LOCK_REENTERED;
}

static void leave(bool entered)
{
	if (entered)
		lock_release(&purging);
}

/* Slabs, and free large ground with @large_too. */
static void purge(struct heap *heap, struct purge purge, bool large_too)
{
	unsigned int nr_named =
		__atomic_load_n(&layout.nr_named, __ATOMIC_ACQUIRE);
	unsigned int nr_rows = layout_nr_used_rows();
	size_t before = nr_idle_bytes();

	for (unsigned int row = 0; large_too && row < nr_rows; row++)
		large_purge(heap, &layout.partitions[row], &purge);
	for (unsigned int row = 0; row < nr_rows && purge.quota; row++)
		purge_row(heap, row, &purge);
	for (unsigned int i = 0; i < nr_named && purge.quota; i++)
		purge_cache(heap, layout.named[i], &purge);
	PROBE3(purge, before, nr_idle_bytes(), purge.refund);
}

/* What is clean, too: page tables go with the last page they lead to. */
static struct purge all_idle(bool refund)
{
	return (struct purge){ 0, refund, SIZE_MAX, true };
}

void purge_named(struct heap *heap, struct named *named)
{
	struct purge all = all_idle(layout.refunds);
	bool entered = enter(heap);

	purge_cache(heap, named, &all);
	leave(entered);
}

bool purge_all(struct heap *heap, bool refund)
{
	bool entered = enter(heap);
	bool had_any = nr_idle_bytes();

	purge(heap, all_idle(refund), true);
	leave(entered);
	return had_any;
}

/* How much may stay idle without a look at what was used. */
static size_t soft_limit(size_t used, size_t least)
{
	least = size_min(least, layout.idle_max / 8);
	return size_min(size_max(used / 8, least), layout.idle_max / 2);
}

/* How much may be idle at all. */
static size_t hard_limit(size_t used)
{
	size_t more = size_min(used, layout.idle_max);

	return size_max(used / 2, layout.idle_max + more);
}

/* Looks through all that is idle, when the mark was passed. */
static never_inline void look_through(struct heap *heap)
{
	size_t used = nr_used_bytes();
	size_t soft = soft_limit(used, IDLE_LEAST);
	size_t hard = hard_limit(used);
	size_t before = nr_idle_bytes();
	int64_t allowed = update_budget();
	size_t idle, next;

	if (before > hard) {
		purge(heap,
		      (struct purge){ 0, layout.refunds,
				      before - hard / 16 * 15, layout.refunds },
		      true);
	} else if (before > soft && allowed > 0) {
		__atomic_fetch_add(&slab_clock, 1, __ATOMIC_RELAXED);
		purge(heap,
		      (struct purge){ AGE_OLD, layout.refunds, allowed, false },
		      before > soft_limit(used, IDLE_LEAST_LARGE));
	}
	idle = nr_idle_bytes();
	__atomic_fetch_sub(&budget, (int64_t)(before - idle), __ATOMIC_RELAXED);
	/* Not again at once, above all where the system refuses to take. */
	next = idle + soft / 4;
	if (idle <= hard && next > hard)
		next = hard;
	__atomic_store_n(&mark, size_max(soft, next), __ATOMIC_RELAXED);
}

static bool is_marked(void)
{
	return nr_idle_bytes() > __atomic_load_n(&mark, __ATOMIC_RELAXED);
}

/* Another thread looks already: only who makes too much idle waits for it. */
static bool is_seen_to(const struct heap *heap)
{
	return lock_is_anothers(&purging, thread_tag(heap)) &&
	       nr_idle_bytes() <= hard_limit(nr_used_bytes());
}

void purge_idle(struct heap *heap)
{
	bool entered;

	if (likely(!is_marked()) || is_seen_to(heap))
		return;
	entered = enter(heap);
	/* Whom we waited for looked, too. */
	if (is_marked())
		look_through(heap);
	leave(entered);
}
