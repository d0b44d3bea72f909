/* SPDX-License-Identifier: Apache-2.0 */
/* slab: see slab.h. */
#include "slab/slab.h"

#include "report/report.h"

#include <string.h>

#define ONES  0x0101010101010101ul
#define HIGHS (ONES << 7)

uint8_t slab_clock;

void slab_init(struct slab *slab, size_t size, size_t span, uint64_t home,
	       uint8_t *states)
{
	uint32_t chunks = region_chunks_in(span);

	for (uint32_t i = 0; i < chunks; i++) {
		struct slab *record = slab_of_chunk(slab_chunk(slab) + i);

		record->bias = (uint16_t)i;
		record->minus_start =
			-(uint32_t)(uintptr_t)region_chunk_base(slab);
		record->kind = SLAB_SMALL;
		record->home = home;
		record->states = states;
		record->size = size;
		record->chunks = chunks;
		record->nr_slots = (uint16_t)(span / size);
		/* Last: free() believes a record that has one. */
		__atomic_store_n(&record->reciprocal, slot_reciprocal(size),
				 __ATOMIC_RELEASE);
	}
}

/* The high bit of each byte of @word that is zero. */
static uint64_t zero_bytes(uint64_t word)
{
	return ~(((word & ~HIGHS) + ~HIGHS) | word | ~HIGHS);
}

/* Neighbours turn from STOCK to LIVE and back while we look; FREE stays. */
static uint64_t load_states(const struct slab *slab, unsigned int at)
{
	return __atomic_load_n((uint64_t *)(void *)&slab->states[at],
			       __ATOMIC_RELAXED);
}

/*
 * Hands out @nr slots from @index on, whose states are the caller's to change:
 * address and state advance as one, an instruction and a store a slot. Upward
 * where @way is 1, downward where it is -1.
 */
static always_inline void hand_out(const struct slab *slab, struct slot *out,
				   unsigned int index, unsigned int nr, int way)
{
	typedef uintptr_t both __attribute__((vector_size(16)));
	char *base = region_chunk_base(slab);
	both slot = {
		(uintptr_t)(base + index * slab->size),
		(uintptr_t)(slab->states + index),
	};
	both step = { way * slab->size, way };

	_Static_assert(sizeof(both) == sizeof(*out), "a slot is a pair");
	for (unsigned int i = 0; i < nr; i++, slot += step)
		memcpy(&out[i], &slot, sizeof(slot));
}

/* Of the eight states at @at, those in [from, to). */
static uint64_t within(unsigned int at, unsigned int from, unsigned int to)
{
	uint64_t mask = ~0ul;

	if (at < from)
		mask <<= (from - at) * 8;
	if (at + 8 > to)
		mask &= ~0ul >> (at + 8 - to) * 8;
	return mask;
}

/* The eight slots from @index on, all of them FREE. */
static void take_eight(struct slab *slab, struct slot *out, unsigned int index)
{
	hand_out(slab, out, index, 8, 1);
	__atomic_store_n((uint64_t *)(void *)&slab->states[index],
			 ONES * SLOT_STOCK, __ATOMIC_RELAXED);
}

/* Of the eight slots from @at on, up to @max that @found marks. */
static unsigned int take_found(struct slab *slab, struct slot *out,
			       unsigned int max, unsigned int at,
			       uint64_t found)
{
	unsigned int got = 0;

	for (; found && got < max; found &= found - 1) {
		unsigned int index = at + __builtin_ctzl(found) / 8;

		hand_out(slab, &out[got++], index, 1, 1);
		__atomic_store_n(&slab->states[index], SLOT_STOCK,
				 __ATOMIC_RELAXED);
	}
	return got;
}

/*
 * Finds up to @max free slots in [from, to), eight states at a time. Only FREE
 * ones are written to: their neighbours change under other threads' hands.
 */
static unsigned int scan(struct slab *slab, struct slot *out, unsigned int max,
			 unsigned int from, unsigned int to)
{
	unsigned int got = 0;
	unsigned int at = from & ~7u;

	for (; at < to && got < max; at += 8) {
		uint64_t states = load_states(slab, at);
		uint64_t found;

		if (states == ONES * SLOT_FREE && at >= from && at + 8 <= to &&
		    max - got >= 8) {
			take_eight(slab, out + got, at);
			got += 8;
			continue;
		}
		found = zero_bytes(states) & within(at, from, to);
		got += take_found(slab, out + got, max - got, at, found);
	}
	/* The last eight may have more. */
	if (at)
		slab->scan_from = (uint16_t)(at - 8);
	return got;
}

static unsigned int take_freed(struct slab *slab, struct slot *out,
			       unsigned int max)
{
	unsigned int start = slab->scan_from;
	unsigned int got;

	if (max > slab->nr_free)
		max = slab->nr_free;
	if (start >= slab->nr_used)
		start = 0;
	got = scan(slab, out, max, start, slab->nr_used);
	if (got < max)
		got += scan(slab, out + got, max - got, 0, start);
	if (got != max)
		report_broken("slab's count of free slots");
	slab->nr_free -= got;
	return got;
}

/*
 * From the part of the slab that was never used. The first is the last, and so
 * handed out before the others: pages of those that nobody wants yet stay
 * untouched.
 */
static unsigned int take_new(struct slab *slab, struct slot *out,
			     unsigned int max)
{
	unsigned int got = slab->nr_slots - slab->nr_used;

	if (got > max)
		got = max;
	memset(slab->states + slab->nr_used, SLOT_NEW, got);
	slab->nr_used += got;
	hand_out(slab, out, slab->nr_used - 1, got, -1);
	return got;
}

unsigned int slab_take_slots_locked(struct slab *slab, struct slot *out,
				    unsigned int max)
{
	unsigned int got = 0;

	if (slab->nr_free)
		got = take_freed(slab, out, max);
	if (got < max)
		got += take_new(slab, out + got, max - got);
	return got;
}

/* The one bit in which STOCK and NEW differ. */
#define NEW_BIT (SLOT_NEW ^ SLOT_STOCK)

/* STOCK or NEW. */
static bool is_out(enum slot_state state)
{
	return (state | NEW_BIT) == SLOT_NEW;
}

/*
 * Whether eight slots lie one behind the other, up or down, as those do that
 * were born together and died in order.
 */
static bool are_neighbours(const struct slot *eight)
{
	ptrdiff_t step = eight[1].state - eight[0].state;

	if (step != 1 && step != -1)
		return false;
	for (int i = 2; i < 8; i++) {
		if (eight[i].state != eight[0].state + i * step)
			return false;
	}
	return true;
}

/* Neighbours: nobody else may write to any of their states. */
static const struct slot *give_eight(const struct slot *eight)
{
	bool is_upward = eight[0].state < eight[7].state;
	uint8_t *states = is_upward ? eight[0].state : eight[7].state;
	uint64_t word;

	memcpy(&word, states, sizeof(word));
	if (unlikely((word | ONES * NEW_BIT) != ONES * SLOT_NEW))
		report_broken("slot given back that was not in stock");
	memset(states, SLOT_FREE, sizeof(word));
	return eight + 8;
}

/* Of eight neighbours the last is asked for: another slab's may follow. */
static bool is_slot_of(const struct slab *slab, const struct slot *slot)
{
	return (size_t)(slot->state - slab->states) < slab->nr_slots;
}

/* Returns the first that is not given: at @end, or of another slab. */
static const struct slot *give_singly(const struct slab *slab,
				      const struct slot *slot,
				      const struct slot *end)
{
	do {
		if (unlikely(!is_out(*slot->state)))
			report_broken("slot given back that was not in stock");
		__atomic_store_n(slot->state, SLOT_FREE, __ATOMIC_RELAXED);
		slot++;
	} while (slot < end && is_slot_of(slab, slot));
	return slot;
}

unsigned int slab_give_slots_locked(struct slab *slab, const struct slot *slots,
				    unsigned int nr)
{
	const struct slot *end = slots + nr;
	const struct slot *slot = slots;
	unsigned int given;

	do {
		if (end - slot < 8)
			slot = give_singly(slab, slot, end);
		else if (is_slot_of(slab, &slot[7]) && are_neighbours(slot))
			slot = give_eight(slot);
		else
			slot = give_singly(slab, slot, slot + 8);
	} while (slot < end && is_slot_of(slab, slot));
	given = (unsigned int)(slot - slots);
	slab->nr_free += given;
	if (unlikely(slab->nr_free > slab->nr_used))
		report_broken("slab's count of free slots");
	return given;
}

void slab_reset(struct slab *slab)
{
	slab->nr_used = 0;
	slab->nr_free = 0;
	slab->scan_from = 0;
}

void slab_check(const struct slab *slab)
{
	unsigned int nr_free = 0;

	for (unsigned int i = 0; i < slab->nr_slots; i++) {
		enum slot_state state = slab->states[i];
		bool is_free = state == SLOT_FREE;

		if (!is_free && state != SLOT_LIVE && !is_out(state))
			report_broken("slot state");
		if (i >= slab->nr_used && !is_free)
			report_broken("slot out that was never handed out");
		if (i < slab->nr_used)
			nr_free += is_free;
	}
	if (nr_free != slab->nr_free)
		report_broken("slab's count of free slots");
}
