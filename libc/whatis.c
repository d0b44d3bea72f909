/* SPDX-License-Identifier: Apache-2.0 */
/* whatis: the public question where an address lies; see typeslab/whatis.h. */
#include "typeslab/whatis.h"

#include "heap/named.h"
#include "heap/place.h"

static const enum typeslab_domain public_domains[NR_DOMAINS] = {
	[DOMAIN_DATA] = TYPESLAB_DATA,
	[DOMAIN_POINTER] = TYPESLAB_POINTER,
	[DOMAIN_UNKNOWN] = TYPESLAB_UNKNOWN,
};

/* A twin is where its partition's own cache is; other named ones are apart. */
static void name_place(uint32_t bin, struct typeslab_whatis *info)
{
	const struct named *named = NULL;
	struct row_name name;

	info->accounted = false;
	info->reclaimable = false;
	if (layout_is_named(bin)) {
		named = layout_named(bin);
		info->accounted = named->variant & VARIANT_ACCOUNT;
		info->reclaimable = named->variant & VARIANT_RECLAIMABLE;
	}
	if (named && !named_is_in_row(named)) {
		info->domain = TYPESLAB_CACHE;
		info->partition = named_number(named);
		return;
	}
	name = layout_name(row_of_bin(named ? named->twin_of : bin));
	info->domain = public_domains[name.domain];
	info->partition = name.partition;
}

exported bool typeslab_whatis(const void *p, struct typeslab_whatis *info)
{
	struct place place = place_find(p);

	if (!place.slab || !place.slab->nr_slots)
		return false;
	name_place(bin_of_slab(place.slab), info);
	info->size = place.slab->size;
	info->start = place.slot_base;
	info->large = place.slab->kind == SLAB_LARGE;
	info->live = place.is_live;
	return true;
}
