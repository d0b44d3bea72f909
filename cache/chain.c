/* SPDX-License-Identifier: Apache-2.0 */
/* chain: see chain.h. */
#include "cache/chain.h"

#include "os/os.h"

/* Runs of one slab, of two, of four and so on: chunk numbers have 32 bits. */
#define NR_RUNS 32

typedef uintptr_t chain_key(uint32_t chunk);

static uintptr_t by_chunk(uint32_t chunk)
{
	return chunk;
}

static uintptr_t by_states(uint32_t chunk)
{
	return (uintptr_t)slab_of_chunk(chunk)->states;
}

static uint32_t merge(uint32_t a, uint32_t b, chain_key *key)
{
	uint32_t first = 0, *link = &first;

	while (a && b) {
		uint32_t *higher = key(a) > key(b) ? &a : &b;

		*link = *higher;
		link = &slab_of_chunk(*higher)->next;
		*higher = *link;
	}
	*link = a ? a : b;
	return first;
}

/* The highest first: see chain.h. */
static uint32_t sort(uint32_t first, chain_key *key)
{
	uint32_t runs[NR_RUNS] = { 0 };
	uint32_t sorted = 0;

	while (first) {
		uint32_t run = first;
		unsigned int i = 0;

		first = slab_of_chunk(run)->next;
		slab_of_chunk(run)->next = 0;
		for (; runs[i]; i++) {
			run = merge(runs[i], run, key);
			runs[i] = 0;
		}
		runs[i] = run;
	}
	for (unsigned int i = 0; i < NR_RUNS; i++)
		sorted = merge(runs[i], sorted, key);
	return sorted;
}

static uint8_t *states_end(const struct slab *slab)
{
	return slab->states + slab_nr_states(slab->size, slab_span(slab));
}

/* Whole pages of states: those of an empty slab are zero, all of them. */
static void give_back_states(uint32_t first)
{
	size_t page = os_page_size();

	for (uint32_t rest; first; first = rest) {
		struct slab *slab = slab_of_chunk(first);
		uintptr_t end = round_down((uintptr_t)states_end(slab), page);
		uintptr_t start;

		for (rest = slab->next; rest; rest = slab->next) {
			if (states_end(slab_of_chunk(rest)) != slab->states)
				break;
			slab = slab_of_chunk(rest);
		}
		start = round_up((uintptr_t)slab->states, page);
		if (start < end)
			os_purge((void *)start, end - start);
	}
}

static enum given give_back(char *start, size_t size, bool refund)
{
	if (refund && os_refund(start, size))
		return GIVEN_REFUNDED;
	return os_purge(start, size) ? GIVEN_PURGED : GIVEN_NOT;
}

/* Of a run that the system took in part, or not at all: one page is locked. */
static enum given give_back_alone(const struct slab *slab, bool refund)
{
	return give_back(region_chunk_base(slab), slab_span(slab), refund);
}

/* Gives back the neighbours that begin the chain; the rest into *@rest. */
static enum given give_back_run(uint32_t first, bool refund, uint32_t *rest)
{
	struct slab *slab = slab_of_chunk(first);
	char *start = region_chunk_base(slab);
	char *end = slab_end(slab);

	for (*rest = slab->next; *rest; *rest = slab->next) {
		slab = slab_of_chunk(*rest);
		if (slab_end(slab) != start)
			break;
		start = region_chunk_base(slab);
	}
	return give_back(start, end - start, refund);
}

void chain_give_back(uint32_t first, bool refund, chain_take *take,
		     uint32_t tag)
{
	first = sort(first, by_states);
	give_back_states(first);
	first = sort(first, by_chunk);
	while (first) {
		uint32_t rest;
		enum given given = give_back_run(first, refund, &rest);
		bool is_split = given == GIVEN_NOT &&
				slab_of_chunk(first)->next != rest;

		while (first != rest) {
			struct slab *slab = slab_of_chunk(first);

			first = slab->next;
			if (is_split)
				given = give_back_alone(slab, refund);
			take(slab, given, tag);
		}
	}
}
