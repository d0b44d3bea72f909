/* SPDX-License-Identifier: Apache-2.0 */
/* whatis: the public question where an address lies; see typeslab/whatis.h. */
#include "typeslab/whatis.h"

#include "heap/place.h"

static const enum typeslab_domain public_domains[NR_DOMAINS] = {
	[DOMAIN_DATA] = TYPESLAB_DATA,
	[DOMAIN_POINTER] = TYPESLAB_POINTER,
	[DOMAIN_UNKNOWN] = TYPESLAB_UNKNOWN,
};

exported bool typeslab_whatis(const void *p, struct typeslab_whatis *info)
{
	struct place place = place_find(p);
	struct row_name name;

	if (!place.slab || !place.slab->nr_slots)
		return false;
	name = layout_name(row_of_bin(place.slab->bin));
	info->domain = public_domains[name.domain];
	info->partition = name.partition;
	info->size = place.slab->size;
	info->start = place.slot_base;
	info->large = place.slab->kind == SLAB_LARGE;
	info->live = place.is_live;
	return true;
}
