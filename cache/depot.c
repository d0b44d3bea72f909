/* SPDX-License-Identifier: Apache-2.0 */
/* depot: see depot.h. */
#include "cache/depot.h"

#include <stddef.h>
#include <string.h>

/* Sixteen lines. */
struct parcel {
	struct pile_node node;
	uint32_t nr;
	struct slot slots[DEPOT_SLOTS];
};

struct arena *depot_arena;
static struct pile empty;

static struct parcel *pop(struct pile *pile)
{
	_Static_assert(!offsetof(struct parcel, node), "a parcel's first");
	return (struct parcel *)pile_pop(pile, depot_arena);
}

static bool put_parcel(struct depot *depot, const struct slot *slots,
		       unsigned int nr)
{
	struct parcel *parcel = pop(&empty);

	if (!parcel)
		parcel = arena_take(depot_arena, sizeof(*parcel), PILE_ALIGN);
	if (!parcel)
		return false;
	memcpy(parcel->slots, slots, nr * sizeof(*slots));
	parcel->nr = nr;
	pile_push(&depot->parcels, depot_arena, &parcel->node);
	return true;
}

unsigned int depot_put(struct depot *depot, const struct slot *slots,
		       unsigned int nr)
{
	unsigned int done = 0;

	while (done < nr) {
		unsigned int some = uint_min(nr - done, DEPOT_SLOTS);

		if (!put_parcel(depot, slots + done, some))
			break;
		done += some;
	}
	return done;
}

unsigned int depot_take(struct depot *depot, struct slot *out, unsigned int max)
{
	struct parcel *parcel = pop(&depot->parcels);
	unsigned int got;

	if (!parcel)
		return 0;
	got = uint_min(parcel->nr, max);
	parcel->nr -= got;
	memcpy(out, parcel->slots + parcel->nr, got * sizeof(*out));
	pile_push(parcel->nr ? &depot->parcels : &empty, depot_arena,
		  &parcel->node);
	return got;
}
