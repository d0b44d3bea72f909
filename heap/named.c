/* SPDX-License-Identifier: Apache-2.0 */
/* named: see named.h. */
#include "heap/named.h"

#include "base/align.h"

/* Slots of a slab of large objects: their cost is small beside theirs. */
#define NAMED_SLAB_BYTES (256ul << 10)

static struct lock lock;

/* As many slots as a size class has, or as a quarter of a megabyte holds. */
static size_t span_of(size_t size)
{
	size_t wanted = size_min(size * CLASS_SLOTS_LEAST, NAMED_SLAB_BYTES);

	return round_up(size_max(wanted, size), layout.grain);
}

static struct named *make(const struct named_spec *spec, uint32_t id)
{
	struct named *named =
		arena_take(&layout.arena, sizeof(*named), sizeof(void *));

	if (!named)
		return NULL;
	named_copy_name(named->name, spec->name);
	named->size = spec->size;
	named->span = span_of(spec->size);
	named->bin = (layout.nr_rows << ROW_SHIFT) + (id << BIN_SHIFT);
	named->node = spec->node;
	named->keeps_memory = spec->keeps_memory;
	named->ctor = spec->ctor;
	named->owner = spec->owner;
	named->twin_of = spec->twin_of;
	named->variant = spec->variant;
	return named;
}

/*
 * A thread that vanished in a fork may have left an entry half made: it is not
 * counted yet, and made anew.
 */
struct named *named_create(struct heap *heap, const struct named_spec *spec)
{
	struct named *named = NULL;
	uint32_t id;

	if (lock_acquire(&lock, thread_tag(heap)) == LOCK_REENTERED)
		return NULL;
	id = layout.nr_named;
	if (!layout.named)
		layout.named = arena_take(&layout.arena,
					  NR_NAMED_MAX * sizeof(*layout.named),
					  sizeof(void *));
	if (layout.named && id < NR_NAMED_MAX)
		named = make(spec, id);
	if (named) {
		layout.named[id] = named;
		__atomic_store_n(&layout.nr_named, id + 1, __ATOMIC_RELEASE);
	}
	lock_release(&lock);
	return named;
}

void named_construct(uint32_t bin, const struct slot *slots, unsigned int nr)
{
	void (*ctor)(void *object);

	if (!layout_is_named(bin))
		return;
	ctor = layout_named(bin)->ctor;
	for (unsigned int i = 0; ctor && i < nr; i++) {
		if (*slots[i].state == SLOT_NEW)
			ctor(slots[i].address);
	}
}

size_t named_nr_live(const struct named *named)
{
	size_t out = cache_of_bin(named->bin)->nr_out;
	size_t in_stock = thread_slots_in_stock(named->bin);

	return out > in_stock ? out - in_stock : 0;
}
