/* SPDX-License-Identifier: Apache-2.0 */
/* slab: see slab.h. */
#include "slab/slab.h"

#include "report/report.h"

#define ONES  0x0101010101010101ul
#define HIGHS (ONES << 7)

void slab_init(struct slab *slab, size_t size, size_t span, uint32_t bin,
	       uint8_t *states)
{
	struct slot_divisor divisor = slot_divisor_of(size);
	size_t chunks = span >> CHUNK_SHIFT;

	for (size_t i = 0; i < chunks; i++) {
		struct slab *record = slab_of_chunk(slab_chunk(slab) + i);

		record->inverse = divisor.inverse;
		record->shift = divisor.shift;
		record->bias = i << CHUNK_SHIFT;
		record->kind = SLAB_SMALL;
		record->bin = bin;
		record->states = states;
		record->size = size;
		record->span = span;
		/* Last: free() believes a record that has slots. */
		__atomic_store_n(&record->nr_slots, span / size,
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

static void take_slot(struct slab *slab, struct slot *out, unsigned int index,
		      enum slot_state state)
{
	out->address = region_chunk_base(slab) + index * slab->size;
	out->state = &slab->states[index];
	__atomic_store_n(out->state, state, __ATOMIC_RELAXED);
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

/* Finds up to @max free slots in [from, to), eight states at a time. */
static unsigned int scan(struct slab *slab, struct slot *out, unsigned int max,
			 unsigned int from, unsigned int to)
{
	unsigned int got = 0;

	for (unsigned int at = from & ~7u; at < to && got < max; at += 8) {
		uint64_t found = zero_bytes(load_states(slab, at));
		unsigned int index = at;

		found &= within(at, from, to);
		for (; found && got < max; found &= found - 1) {
			index = at + __builtin_ctzl(found) / 8;
			take_slot(slab, &out[got++], index, SLOT_STOCK);
		}
		slab->scan_from = index;
	}
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

unsigned int slab_take_slots_locked(struct slab *slab, struct slot *out,
				    unsigned int max)
{
	unsigned int got = 0;

	if (slab->nr_free)
		got = take_freed(slab, out, max);
	while (got < max && slab->nr_used < slab->nr_slots)
		take_slot(slab, &out[got++], slab->nr_used++, SLOT_NEW);
	return got;
}

void slab_refuse_slot(void)
{
	report_broken("slot given back that was not in stock");
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
		bool is_free = slab->states[i] == SLOT_FREE;

		if (slab->states[i] > SLOT_NEW)
			report_broken("slot state");
		if (i >= slab->nr_used && !is_free)
			report_broken("slot out that was never handed out");
		if (i < slab->nr_used)
			nr_free += is_free;
	}
	if (nr_free != slab->nr_free)
		report_broken("slab's count of free slots");
}
