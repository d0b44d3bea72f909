/* SPDX-License-Identifier: Apache-2.0 */
/* pile: see pile.h. */
#include "region/pile.h"

#include <stddef.h>

static struct pile_node *node_at(const struct arena *arena, uint32_t place)
{
	return (struct pile_node *)(arena->base + (place - 1) * PILE_ALIGN);
}

static uint32_t place_of(const struct arena *arena,
			 const struct pile_node *node)
{
	size_t at = (size_t)((const char *)node - arena->base);

	return (uint32_t)(at / PILE_ALIGN + 1);
}

/* From @seen to a pile with another top; false: it has changed since. */
static bool change(struct pile *pile, uint64_t *seen, uint32_t top)
{
	uint64_t changes = (*seen >> 32) + 1;

	return __atomic_compare_exchange_n(&pile->top, seen,
					   changes << 32 | top, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

void pile_push(struct pile *pile, const struct arena *arena,
	       struct pile_node *node)
{
	uint64_t seen = __atomic_load_n(&pile->top, __ATOMIC_RELAXED);

	do
		__atomic_store_n(&node->next, (uint32_t)seen, __ATOMIC_RELAXED);
	while (!change(pile, &seen, place_of(arena, node)));
}

struct pile_node *pile_pop(struct pile *pile, const struct arena *arena)
{
	uint64_t seen = __atomic_load_n(&pile->top, __ATOMIC_ACQUIRE);
	struct pile_node *node;
	uint32_t next;

	do {
		if (!(uint32_t)seen)
			return NULL;
		node = node_at(arena, (uint32_t)seen);
		next = __atomic_load_n(&node->next, __ATOMIC_RELAXED);
	} while (!change(pile, &seen, next));
	return node;
}
