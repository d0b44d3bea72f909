/* SPDX-License-Identifier: Apache-2.0 */
/* trace: see trace.h. */
#include "heap/trace.h"

#include "base/compiler.h"
#include "region/arena.h"

#include <string.h>

/*
 * A million blocks take 256 MiB of address space, and memory as far as they
 * are used; where there is less, a half, and so on down to a thousand.
 */
#define BLOCKS_MOST  (1ul << 20)
#define BLOCKS_LEAST (1ul << 10)

/* Blocks that share a place in the table. */
#define WAYS 4u

/* How often a place that somebody writes to is looked at again. */
#define TRIES 64

struct trace_table trace_table;

static struct arena arena;
static unsigned int place_shift;

bool trace_init(void)
{
	size_t nr = BLOCKS_MOST;

	for (; nr >= BLOCKS_LEAST && !trace_table.records; nr /= 2) {
		size_t size = nr * sizeof(struct trace_record);

		place_shift = 64 - __builtin_ctzl(nr / WAYS);
		trace_table.nr = nr;
		if (arena_init(&arena, size, size))
			trace_table.records = arena_take(
				&arena, size, sizeof(struct trace_record));
	}
	return trace_table.records;
}

static struct trace_record *place_of(const void *block)
{
	uint64_t hash = (uintptr_t)block * 0x9e3779b97f4a7c15u;

	return &trace_table.records[(hash >> place_shift) * WAYS];
}

/* The first record of a place stands for all of it. */
static bool take_place(struct trace_record *place)
{
	for (int i = 0; i < TRIES; i++) {
		if (!__atomic_exchange_n(&place->is_taken, 1, __ATOMIC_ACQUIRE))
			return true;
	}
	return false;
}

static void give_place(struct trace_record *place)
{
	__atomic_store_n(&place->is_taken, 0, __ATOMIC_RELEASE);
}

static struct trace_record *find_record(struct trace_record *place,
					const void *block)
{
	for (unsigned int i = 0; i < WAYS; i++) {
		if (place[i].block == block)
			return &place[i];
	}
	return NULL;
}

static struct trace_record *find_dead(struct trace_record *place)
{
	for (unsigned int i = 0; i < WAYS; i++) {
		if (!place[i].is_live)
			return &place[i];
	}
	return &place[place->turn++ % WAYS];
}

static struct trace_record *choose_record(struct trace_record *place,
					  const void *block)
{
	struct trace_record *record = find_record(place, block);

	if (!record)
		record = find_record(place, NULL);
	return record ? record : find_dead(place);
}

static uint8_t keep(struct trace_stack *to, const struct trace_stack *from,
		    unsigned int nr)
{
	memcpy(to->frames, from->frames, nr * sizeof(from->frames[0]));
	return (uint8_t)nr;
}

/* As trace_alloc() promises; returns how many frames there are then. */
static unsigned int begin_at(struct trace_stack *stack, unsigned int nr,
			     uintptr_t site)
{
	uintptr_t call = site - 1;

	for (unsigned int i = 0; site && i < nr; i++) {
		if (stack->frames[i] != call)
			continue;
		memmove(stack->frames, &stack->frames[i],
			(nr - i) * sizeof(call));
		return nr - i;
	}
	if (site && !nr)
		stack->frames[nr++] = call;
	return nr;
}

void trace_alloc(const void *p, uintptr_t site)
{
	struct trace_record *place = place_of(p);
	struct trace_stack stack;
	struct trace_record *record;
	unsigned int nr;

	if (!p)
		return;
	nr = stack_read(stack.frames, STACK_FRAMES);
	nr = begin_at(&stack, nr, site);
	if (!take_place(place))
		return;
	record = choose_record(place, p);
	record->block = p;
	record->is_live = true;
	record->nr_freed = 0;
	record->nr_allocated = keep(&record->allocated, &stack, nr);
	give_place(place);
}

void trace_free(const void *p)
{
	struct trace_record *place = place_of(p);
	struct trace_stack stack;
	struct trace_record *record;
	unsigned int nr = stack_read(stack.frames, STACK_FRAMES);

	if (!take_place(place))
		return;
	record = find_record(place, p);
	if (record) {
		record->is_live = false;
		record->nr_freed = keep(&record->freed, &stack, nr);
	}
	give_place(place);
}

/* Not under the place's lock: who reports may have been interrupted in it. */
void trace_find(struct report_place *place)
{
	const struct trace_record *record =
		find_record(place_of(place->start), place->start);

	if (!record)
		return;
	place->allocated.frames = record->allocated.frames;
	place->allocated.nr = record->nr_allocated;
	place->freed.frames = record->freed.frames;
	place->freed.nr = record->nr_freed;
}
