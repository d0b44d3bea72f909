/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab: one span of chunks cut into equal slots.
 *
 * Owns:       the chunk records of its span, and one state byte a slot, kept
 *             apart from the slots and dense.
 * Promises:   slab_find_state() answers for the start of a slot and for nothing
 *             else; slab_take_slots() gives only slots that are free in the
 *             slab; what is not the start of a live slot is never freed.
 * Relies on:  the cache above holding its lock where "_locked" is said; the
 *             region below never giving the span to anybody else.
 * Invariant:  nr_free == states below nr_used that are SLOT_FREE;
 *             nr_free <= nr_used <= nr_slots; states from nr_used on are 0.
 *
 * A large object is a slab of one slot whose state byte lies in the record.
 *
 * States change so, and in no other way:
 *	FREE -> STOCK      slab_take_slots(), under the cache's lock; NEW the
 *	                   first time
 *	STOCK, NEW -> LIVE malloc, by the thread whose magazine holds the slot
 *	LIVE -> STOCK      free, by exchange: of two racing frees one sees LIVE
 *	STOCK, NEW -> FREE slab_give_slots(), under the cache's lock
 *	NEW -> STOCK       cache_give(), of what it leaves in the depot
 */
#ifndef SLAB_SLAB_H
#define SLAB_SLAB_H

#include "base/align.h"
#include "base/compiler.h"
#include "policy/slot_index.h"
#include "region/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum slot_state {
	SLOT_FREE = 0,	/* in its slab, or never handed out */
	SLOT_LIVE = 1,	/* the program's; no other is odd */
	SLOT_STOCK = 2, /* in a thread's magazine */
	SLOT_NEW = 6,	/* in a thread's magazine, and was never LIVE */
};

_Static_assert(SLOT_LIVE == 1 && !((SLOT_FREE | SLOT_STOCK | SLOT_NEW) & 1),
	       "one bit tells LIVE from all others");

enum slab_kind {
	SLAB_NONE =
		0, /* the chunk was never handed out, or is inside a large */
	SLAB_SMALL,
	SLAB_LARGE,	 /* a large object lives here or did */
	SLAB_LARGE_FREE, /* first or last chunk of free large ground */
	SLAB_LARGE_KEPT, /* first chunk of such ground that has a guard still */
};

/* What free ground may hold, and whether it can be written to. */
enum condition {
	GROUND_DIRTY,	 /* what a user wrote */
	GROUND_CLEAN,	 /* zero */
	GROUND_REFUNDED, /* nothing: it must be committed before use */
	NR_CONDITIONS,
};

/* A chunk's record: one line, all that free() reads besides the state. */
struct slab {
	/* Fixed by slab_init(), equal in all records of the span but bias. */
	uint64_t reciprocal; /* of the slot's size; 0: no slots here */
	uint8_t *states;
	union {
		/* Of the span: the address's lower half, negated. */
		uint32_t minus_start;
		uint32_t nr_dirty; /* of free large ground: chunks, about */
	};
	uint16_t nr_slots;
	uint16_t bias; /* chunks of the span before this one */
	uint64_t home; /* address of the cache's bin, of who has none */
	size_t size;   /* of a slot */
	uint8_t kind;

	/* Under the lock of the cache; in the span's first record only. */
	uint8_t list;  /* which list of the cache it is on */
	uint8_t epoch; /* the cache's when the slab joined it */
	union {
		uint8_t large_state; /* of a large object */
		uint8_t taker;	     /* a part of who took from it last */
	};
	uint8_t condition;  /* of free large ground: enum condition */
	uint8_t idle_since; /* slab_clock when it was emptied or freed */
	uint16_t nr_free;
	uint16_t nr_used;   /* slots handed out since the slab was fresh */
	uint16_t scan_from; /* where to look for the next free slot */
	uint32_t next;	    /* chunk numbers; 0: none */
	uint32_t prev;
	uint32_t chunks; /* of the span */
};

_Static_assert(sizeof(struct slab) == 1u << CHUNK_RECORD_SHIFT, "one line");

/* A free slot on its way between slab, magazine and program. */
struct slot {
	char *address;
	uint8_t *state;
};

static inline struct slab *slab_of_chunk(size_t chunk)
{
	return region_record(chunk);
}

static inline struct slab *slab_of_address(const void *address)
{
	struct slab *slab = region_record_of(address);

	compute_now(slab);
	return slab;
}

static inline uint32_t slab_chunk(const struct slab *slab)
{
	return (uint32_t)(((const char *)slab - region.table) >>
			  CHUNK_RECORD_SHIFT);
}

/* The first record of the span. */
static inline struct slab *slab_first(struct slab *slab)
{
	return slab - slab->bias;
}

/* Of @address, which lies in the record's chunk, in the span. */
static inline size_t slab_offset(const struct slab *slab, const void *address)
{
	return ((size_t)slab->bias << CHUNK_SHIFT) +
	       ((uintptr_t)address & (CHUNK_SIZE - 1));
}

/* Turns when idle memory was looked through; what is older is idle longer. */
extern internal uint8_t slab_clock;

/* How often idle memory was looked through since @slab became idle. */
static inline unsigned int slab_idle_age(const struct slab *slab)
{
	uint8_t now = __atomic_load_n(&slab_clock, __ATOMIC_RELAXED);

	return (uint8_t)(now - slab->idle_since);
}

/* What of idle memory is to go back to the system. */
struct purge {
	unsigned int age; /* what was idle for so many looks at least */
	bool refund;	  /* the right to it too, so that others may commit */
	size_t quota;	  /* bytes; what goes back is taken off, down to 0 */
	bool clean_too;	  /* what is clean, for the right or the page tables */
};

static inline bool purge_wants(const struct purge *purge,
			       const struct slab *slab)
{
	return purge->quota && slab_idle_age(slab) >= purge->age;
}

static inline void purge_count(struct purge *purge, size_t bytes)
{
	purge->quota -= bytes < purge->quota ? bytes : purge->quota;
}

static inline void slab_begin_idle(struct slab *slab)
{
	slab->idle_since = __atomic_load_n(&slab_clock, __ATOMIC_RELAXED);
}

/* Bytes of the span. */
static inline size_t slab_span(const struct slab *slab)
{
	return (size_t)slab->chunks << CHUNK_SHIFT;
}

/* Behind the last of them; @slab is the span's first record. */
static inline char *slab_end(const struct slab *slab)
{
	return region_chunk_base(slab) + slab_span(slab);
}

/*
 * The one gate for user pointers: finds the state of the slot of @slab that
 * begins at @p, which lies in that record's chunk; false when none does. What
 * is left of the span behind the last slot has a state, too, always FREE.
 */
static always_inline bool slab_find_state(const struct slab *slab,
					  const void *p, uint8_t **state)
{
	uint32_t offset = slab->minus_start + (uint32_t)(uintptr_t)p;
	unsigned __int128 product = slot_product(offset, slab->reciprocal);

	*state = slab->states + slot_number(product);
	forget_reads();
	return slot_begins(product, slab->reciprocal);
}

/* Of the processor's cache. */
#define SLAB_STATES_LINE 64u

/*
 * How many states a slab has: one for a rest of the span, too, and whole lines.
 * Two threads with slabs of their own would write to one line else, as with
 * large slots 64 bytes hold the states of several slabs: it took threads-2 of
 * the benchmarks 1.6 times as long.
 */
static inline size_t slab_nr_states(size_t size, size_t span)
{
	return round_up((span + size - 1) / size, SLAB_STATES_LINE);
}

/*
 * Cuts @span bytes into slots, at most UINT16_MAX; @states are zero and begin a
 * line.
 */
void slab_init(struct slab *slab, size_t size, size_t span, uint64_t home,
	       uint8_t *states);

/* Takes up to @max slots; they become STOCK or NEW. Returns how many. */
unsigned int slab_take_slots_locked(struct slab *slab, struct slot *out,
				    unsigned int max);

/*
 * Takes the first of @nr STOCK or NEW slots back, as many as follow each other
 * and are in @slab; returns how many.
 */
unsigned int slab_give_slots_locked(struct slab *slab, const struct slot *slots,
				    unsigned int nr);

static inline bool slab_is_empty(const struct slab *slab)
{
	return slab->nr_free == slab->nr_used;
}

static inline bool slab_has_room(const struct slab *slab)
{
	return slab->nr_free || slab->nr_used < slab->nr_slots;
}

/* An empty slab's memory was purged: it is as fresh as after slab_init(). */
void slab_reset(struct slab *slab);

/* Dies unless the invariant holds. */
void slab_check(const struct slab *slab);

#endif /* SLAB_SLAB_H */
