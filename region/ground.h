/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ground: the extents of one partition, taken chunk by chunk.
 *
 * Owns:       the extent in use and how far it is handed out and committed.
 * Promises:   chunks handed out are committed, zero, and in no other ground;
 *             extents double in size, so that a heap of any size has few.
 * Relies on:  the caller holding the lock that guards this ground.
 * Invariant:  start <= next <= committed <= end, or all are NULL.
 *
 *	[unmapped grain][handed out ...][committed ...][reserved ...]
 *	^extent         ^start          ^next          ^committed    ^end
 */
#ifndef REGION_GROUND_H
#define REGION_GROUND_H

#include "region/region.h"

#include <stddef.h>
#include <stdint.h>

struct ground {
	char *start;
	char *next;
	char *committed;
	char *end;
	size_t blocks; /* of the extent in use */
};

/*
 * @size bytes, a multiple of region_grain(), or NULL and all is as before. When
 * a new extent is begun, what was left of the old one is lost to the partition.
 */
char *ground_take(struct ground *ground, size_t size,
		  const struct region_asker *asker);

/* The same without a system call: only what is committed; or NULL. */
static inline char *ground_take_committed(struct ground *ground, size_t size)
{
	char *chunk = ground->next;

	if ((size_t)(ground->committed - chunk) < size)
		return NULL;
	ground->next = chunk + size;
	return chunk;
}

/* Takes back the last @size bytes handed out; they are zero still. */
static inline void ground_untake(struct ground *ground, size_t size)
{
	ground->next -= size;
}

/* Dies unless the invariant holds. */
void ground_check(const struct ground *ground);

/* Bytes ground_take() can still serve from the extent in use. */
static inline size_t ground_left(const struct ground *ground)
{
	return ground->end - ground->next;
}

#endif /* REGION_GROUND_H */
