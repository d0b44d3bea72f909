/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: memory for our own state, far from the user's bytes.
 *
 * Owns:       one reservation with unmapped ground on both sides, and how far
 *             into it memory was handed out and committed.
 * Promises:   what arena_take() gives is zero, aligned to its size's needs and
 *             never asked back. Safe from any thread and after any fork: the
 *             only state is two words that grow.
 * Relies on:  os_commit() being repeatable; where mprotect is refused, on
 *             nobody but who moved next past whole steps mapping them anew.
 * Invariant:  next <= size; all below min(next, committed) is usable, but for
 *             what somebody is about to map, who alone knows of it.
 */
#ifndef REGION_ARENA_H
#define REGION_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena {
	/* Fixed by arena_init(). */
	char *base;
	size_t size;
	size_t step;

	/* Atomic; they only grow. */
	size_t next;
	size_t committed;
};

/*
 * Commits in steps of @step bytes, and whole pages; false when nothing can be
 * reserved.
 */
bool arena_init(struct arena *arena, size_t size, size_t step);

/* Nobody uses what it gave, if anything: the reservation goes back. */
void arena_fini(struct arena *arena);

/* @align is a power of two up to the page size; NULL: no memory. */
void *arena_take(struct arena *arena, size_t size, size_t align);

/* The same, if the last @kept bytes stay free: they are for who needs more. */
void *arena_take_spare(struct arena *arena, size_t size, size_t align,
		       size_t kept);

/* The same without a system call: only what is committed. */
void *arena_take_committed(struct arena *arena, size_t size, size_t align);

/* Dies unless the invariant holds. */
void arena_check(const struct arena *arena);

#endif /* REGION_ARENA_H */
