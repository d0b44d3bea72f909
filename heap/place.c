/* SPDX-License-Identifier: Apache-2.0 */
/* place: see place.h. */
#include "heap/place.h"

#include "heap/large.h"
#include "heap/trace.h"
#include "os/os.h"

/* @place has its slot_base and is_live already. */
static void set_facts(struct place *place, const struct slab *slab, size_t slot)
{
	uint32_t bin = bin_of_slab(slab);
	struct row_name name;

	place->facts.start = place->slot_base;
	place->facts.state = place->is_live ? "live" : "freed";
	if (layout.is_traced)
		trace_find(&place->facts);
	place->facts.size = slab->size;
	place->facts.slot = (unsigned int)slot;
	if (layout_is_named(bin)) {
		place->facts.cache = layout_named(bin)->name;
		return;
	}
	name = layout_name(row_of_bin(bin));
	place->facts.domain = domain_name(name.domain);
	place->facts.partition = name.partition;
}

static void find_in_small(struct place *place, struct slab *slab, const char *p)
{
	size_t offset = slab_offset(slab, p);
	size_t slot = offset / slab->size;
	bool is_unused;

	if (slot >= slab->nr_slots)
		return;
	place->slab = slab;
	place->slot_base = p - offset % slab->size;
	place->is_live = slab->states[slot] == SLOT_LIVE;
	/* Of a live slot the count is another thread's to change. */
	is_unused = !place->is_live && (slot >= slab_first(slab)->nr_used ||
					slab->states[slot] == SLOT_NEW);
	set_facts(place, slab, slot);
	if (is_unused)
		place->facts.state = "never handed out";
	if (place->slot_base != p)
		place->kind = PLACE_INNER;
	else if (place->is_live)
		place->kind = PLACE_LIVE;
	else if (is_unused)
		place->kind = PLACE_UNUSED;
	else
		place->kind = PLACE_DEAD;
}

/* The record at or before @chunk that begins something, or NULL. */
static struct slab *find_beginning(size_t chunk)
{
	while (slab_of_chunk(chunk)->kind == SLAB_NONE) {
		if (!chunk--)
			return NULL;
	}
	return slab_of_chunk(chunk);
}

static void find_in_large(struct place *place, size_t chunk, const char *p)
{
	struct slab *slab = find_beginning(chunk);
	const char *base = slab ? region_chunk_base(slab) : NULL;
	struct slab *own = slab_of_chunk(chunk);

	if (slab && slab->kind == SLAB_LARGE && p < base + slab->size) {
		place->slab = slab;
		place->slot_base = base;
		place->is_live = slab->large_state == SLOT_LIVE;
		place->kind = PLACE_INNER;
		if (p == base)
			place->kind = place->is_live ? PLACE_LIVE : PLACE_DEAD;
		set_facts(place, slab, 0);
		return;
	}
	/*
	 * A large object that began here and is no more. Its own record says
	 * so even while another thread is still joining the ground.
	 */
	if (own->size && p == region_chunk_base(own)) {
		place->slab = own;
		place->slot_base = p;
		place->kind = PLACE_DEAD;
		set_facts(place, own, 0);
	}
}

struct place place_find(const void *p)
{
	struct place place = { .kind = PLACE_FOREIGN };
	struct slab *slab;

	place.facts.address = p;
	if (region_offset_of(p) >= region_reach())
		return place;
	slab = slab_of_address(p);
	if (slab->kind == SLAB_SMALL)
		find_in_small(&place, slab, p);
	else
		find_in_large(&place, region_chunk_of(p), p);
	return place;
}

bool place_fits_slab_api(const struct place *place, size_t size)
{
	const struct slab *slab = place->slab;
	size_t natural = size & -size;

	if (layout_is_named(bin_of_slab(slab)))
		return size <= slab->size;
	/* Without a canary a slot's size alone aligns it so. */
	if (!layout.scrub.canary || !size || size > layout_usable(SMALL_MAX))
		return false;
	size += layout.scrub.canary;
	return class_size(class_of_aligned(size, natural)) == slab->size;
}

bool place_check_size(const void *p, size_t size, size_t align)
{
	unsigned int class = NR_CLASSES;
	struct place place = place_find(untagged(p));
	size_t wanted = large_usable(size);

	if (size <= layout_usable(SMALL_MAX))
		class = layout_class_for(size, align ? align : 1);
	if (class < NR_CLASSES)
		wanted = class_size(class);
	if (place.kind != PLACE_LIVE || wanted == place.slab->size ||
	    place_fits_slab_api(&place, size))
		return true;
	report_wrong_size(&place.facts, size);
	return false;
}

void place_report(const struct place *place, enum report_act act)
{
	switch (place->kind) {
	case PLACE_INNER:
		return report_inner(act, &place->facts);
	case PLACE_UNUSED:
		return report_unallocated(act, &place->facts);
	case PLACE_FOREIGN:
		return report_foreign(act, &place->facts);
	default:
		return report_dead(act, &place->facts);
	}
}
