/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread: a thread's own part of the heap: its magazines.
 *
 * Owns:       one struct heap a thread, in the arena; the one word of TLS
 *             that leads to it; the pool of heaps whose threads ended, some of
 *             which are parked: their magazines are the next thread's.
 * Promises:   thread_bin() is always readable: before the first allocation,
 *             while a caller's token is announced and after the thread's end
 *             every bin is zero, so that every fast path falls into its slow
 *             one.
 * Relies on:  the thread's exit being told through a pthread key; a thread
 *             that allocates after that borrows a heap for each call.
 *             Where no bins fit into the arena any more, a heap has those of
 *             who has none: each call goes to the caches.
 * Invariant:  a heap is used by one thread, or is in the pool; with empty
 *             magazines, unless it is parked.
 */
#ifndef HEAP_THREAD_H
#define HEAP_THREAD_H

#include "cache/magazine.h"
#include "heap/fork.h"
#include "heap/layout.h"
#include "region/pile.h"
#include "typeslab/token.h"

#define NR_PLAIN_SITES 16u

/* A token that a wrapper's shim announced; what is believed is kept here. */
struct announcement {
	struct typeslab_caller *caller; /* on the shim's stack; NULL: none */
	const char *frame;		/* the shim's */
	uint64_t token;
	size_t size;
	uint64_t proof;			 /* odd; of the last announcement */
	uint64_t check;			 /* proof ^ the shim's return address */
	uintptr_t plain[NR_PLAIN_SITES]; /* sites in no system's library */
};

#define POCKET_PLACES 4u
#define POCKET_SIZES  8u

/* Large objects that a thread freed, and which are wanted: see pocket.h. */
struct pocket {
	struct slab *slabs[POCKET_PLACES];
	uint64_t sizes[POCKET_SIZES]; /* the one freed last first */
};

struct heap {
	struct pile_node in_pool;
	/* Fixed when the heap is made. */
	struct bin *bins;
	/* For thread_words: hardened, the bins stay diverted for ever. */
	intptr_t distance;
	struct heap *hardened;
	uint32_t id;

	/* The owning thread's alone. */
	uint32_t generation; /* of the random state */
	uint64_t random;
	struct slot *spare[11]; /* outgrown magazines by log2 of their size */
	size_t bytes_large;	/* that the slots of large magazines have */
	size_t bytes_parked;	/* in stock, when it was last asked */
	struct pocket pocket;
	struct announcement announced;
	struct heap *next_of_all; /* in the list of all, never removed */
	/* A bit a class, a word a row: has a magazine. NULL: no bins fitted. */
	uint64_t *used;
	struct hold *holds; /* by bin; hardened only, or NULL */
};

/*
 * The bins of who has none, all zero: one row in the program's image, and from
 * thread_init() on as many as there are. A thread's own are at a distance from
 * them. A distance, because an ifunc resolver may allocate before the loader
 * copied initial values to TLS: all that is there then is zero, and zero must
 * mean none.
 */
extern internal struct bin *thread_no_bins;

/* What a thread has of its own in TLS; all zero before its first allocation. */
struct thread_words {
	intptr_t distance; /* of its bins; 0: diverted */
	struct heap *self;
	/* The same where the short way of the hardened profile is open. */
	struct heap *hardened;
};

extern thread_local_ie struct thread_words thread_words;

/* The calling thread's bin at @offset. */
static always_inline struct bin *thread_bin(uint64_t offset)
{
	return (struct bin *)((char *)thread_no_bins + thread_words.distance +
			      offset);
}

/* The same where it begins at a home: see layout.h. */
static always_inline struct bin *thread_bin_at(uint64_t home, uint64_t offset)
{
	return (struct bin *)(home + thread_words.distance + offset);
}

/* Once, at boot, before the map is drawn: makes a heap; false: no memory. */
bool thread_init(void);

/* Diverts the calling thread's fast paths into the slow ones. */
static inline void thread_divert(void)
{
	thread_words.distance = 0;
	thread_words.hardened = NULL;
}

/* And back to its own heap. */
static inline void thread_resume(const struct heap *heap)
{
	thread_words.distance = heap->distance;
	thread_words.hardened = heap->hardened;
}

/* What it is once the thread's exit was told. */
#define THREAD_ENDED ((struct heap *)1)

/* True once the calling thread's exit was told. */
static inline bool thread_is_ended(void)
{
	return thread_words.self == THREAD_ENDED;
}

/* The calling thread's heap if it has one: NULL before and after. */
static inline struct heap *thread_own(void)
{
	return thread_is_ended() ? NULL : thread_words.self;
}

struct heap *thread_enter_slow(void);
void thread_leave_slow(struct heap *heap);

/*
 * The calling thread's heap, made if need be; NULL: no memory. Give it back
 * with thread_leave(). Boots the library on the very first call.
 */
static inline struct heap *thread_enter(void)
{
	struct heap *heap = thread_own();

	return likely(heap) ? heap : thread_enter_slow();
}

static inline void thread_leave(struct heap *heap)
{
	if (unlikely(thread_is_ended()))
		thread_leave_slow(heap);
}

/* The thread's name for locks; those without a heap, NULL, share one. */
uint32_t thread_tag(const struct heap *heap);
uint64_t thread_random(struct heap *heap);
void thread_seed_random(struct heap *heap);

/* Not its parent's: heap->random can be used. */
static inline bool thread_random_is_own(const struct heap *heap)
{
	return heap->generation == fork_word_now();
}

struct region_asker thread_asker(struct heap *heap, bool is_first);

/* The head of the list of all heaps ever made, for counting. */
extern struct heap *thread_heaps;

/* Slots of a bin in all threads' magazines. */
size_t thread_slots_in_stock(uint32_t offset);

/* Returns every slot in stock to its cache; or those of one bin. */
void thread_flush(struct heap *heap);
void thread_flush_bin(struct heap *heap, uint32_t offset);

/* The same for all that parked heaps have. */
void thread_flush_parked(void);

static inline struct hold *heap_hold(const struct heap *heap, uint32_t offset)
{
	return &heap->holds[offset >> BIN_SHIFT];
}

static always_inline struct bin *heap_bin(const struct heap *heap,
					  uint64_t offset)
{
	return (struct bin *)((char *)heap->bins + offset);
}

/* The bins of who has none cannot be written to. */
static inline bool heap_has_bins(const struct heap *heap)
{
	return likely(heap->used);
}

/* A slot that is not taken by the fast path; @heap may be NULL. */
static inline void heap_count_alloc(const struct heap *heap, uint32_t offset)
{
	if (heap && heap_has_bins(heap))
		heap_bin(heap, offset)->nr_allocs++;
	else
		__atomic_fetch_add(&layout_partition(offset)->nr_binless_allocs,
				   1, __ATOMIC_RELAXED);
}

#endif /* HEAP_THREAD_H */
