/* SPDX-License-Identifier: Apache-2.0 */
/* arena: see arena.h. */
#include "region/arena.h"

#include "base/align.h"
#include "os/os.h"
#include "report/report.h"

#define GUARD 65536ul

bool arena_init(struct arena *arena, size_t size, size_t step)
{
	char *base;

	size = round_up(size, os_page_size());
	base = os_reserve(size + 2 * GUARD);
	if (!base)
		return false;
	os_mark_reserve(base, size + 2 * GUARD);
	arena->base = base + GUARD;
	arena->size = size;
	arena->step = round_up(step, os_page_size());
	return true;
}

void arena_fini(struct arena *arena)
{
	if (arena->base)
		os_release(arena->base - GUARD, arena->size + 2 * GUARD);
	*arena = (struct arena){ 0 };
}

/* So far it is usable: this, and what was there before. */
static void move_committed(struct arena *arena, size_t to)
{
	size_t done = __atomic_load_n(&arena->committed, __ATOMIC_RELAXED);

	while (done < to &&
	       !__atomic_compare_exchange_n(&arena->committed, &done, to, false,
					    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

/* Several threads may commit the same step; that is harmless. */
static bool commit_to(struct arena *arena, size_t end)
{
	size_t done = __atomic_load_n(&arena->committed, __ATOMIC_ACQUIRE);
	size_t to = round_up(end, arena->step);

	if (end <= done)
		return true;
	if (to > arena->size)
		to = arena->size;
	if (!os_commit(arena->base + done, to - done))
		return false;
	os_mark_used(arena->base + done, to - done);
	move_committed(arena, to);
	return true;
}

/* What ends at @most or before. */
static void *take(struct arena *arena, size_t size, size_t align, size_t most,
		  bool (*has)(struct arena *arena, size_t end))
{
	size_t next = __atomic_load_n(&arena->next, __ATOMIC_RELAXED);
	size_t start;

	do {
		start = round_up(next, align);
		if (start + size > most || !has(arena, start + size))
			return NULL;
	} while (!__atomic_compare_exchange_n(&arena->next, &next, start + size,
					      false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return arena->base + start;
}

static bool move_next(struct arena *arena, size_t from, size_t to)
{
	return __atomic_compare_exchange_n(&arena->next, &from, to, false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/*
 * Pages mapped anew lose what another thread wrote to them, so nobody else may
 * have them: next moves past whole steps first. Back again, to what was asked
 * for or to where it was, if nobody came after.
 */
static void *take_mapped(struct arena *arena, size_t size, size_t most)
{
	size_t next, start, end;

	do {
		next = __atomic_load_n(&arena->next, __ATOMIC_RELAXED);
		start = round_up(next, arena->step);
		end = size_min(start + round_up(size, arena->step),
			       arena->size);
		if (start + size > most)
			return NULL;
	} while (!move_next(arena, next, end));
	if (!os_commit_reserved(arena->base + start, end - start)) {
		move_next(arena, end, next);
		return NULL;
	}
	os_mark_used(arena->base + start, end - start);
	move_committed(arena, end);
	move_next(arena, end, start + size);
	return arena->base + start;
}

static void *take_to(struct arena *arena, size_t size, size_t align,
		     size_t most)
{
	void *p = take(arena, size, align, most, commit_to);

	return p || !os_is_protect_refused() ? p
					     : take_mapped(arena, size, most);
}

void *arena_take(struct arena *arena, size_t size, size_t align)
{
	return take_to(arena, size, align, arena->size);
}

void *arena_take_spare(struct arena *arena, size_t size, size_t align,
		       size_t kept)
{
	return take_to(arena, size, align, arena->size - kept);
}

static bool is_committed(struct arena *arena, size_t end)
{
	return end <= __atomic_load_n(&arena->committed, __ATOMIC_ACQUIRE);
}

void *arena_take_committed(struct arena *arena, size_t size, size_t align)
{
	return take(arena, size, align, arena->size, is_committed);
}

void arena_check(const struct arena *arena)
{
	size_t next = __atomic_load_n(&arena->next, __ATOMIC_RELAXED);
	size_t committed = __atomic_load_n(&arena->committed, __ATOMIC_RELAXED);

	if (next > arena->size || committed > arena->size)
		report_broken("arena");
}
