/* SPDX-License-Identifier: Apache-2.0 */
/* kfree: objects given back; contracts in typeslab/kmalloc.h. */
#include "typeslab/kmalloc.h"

#include "heap/heap.h"
#include "heap/nowait.h"
#include "heap/place.h"

#include <string.h>

exported void typeslab_kfree(const void *p);
exported size_t typeslab_ksize(const void *p);
exported void typeslab_kfree_sensitive(const void *p);
exported void typeslab_kfree_bulk(size_t nr, void **p);
exported void typeslab_kfree_nolock(const void *p);

/* No object has so low an address: who frees one does not look. */
static cold_path void free_odd(const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		heap_free_odd((void *)p);
}

void typeslab_kfree(const void *p)
{
	if (unlikely(!region_holds(p)))
		return free_odd(p);
	heap_free_in(slab_of_address(p), (void *)p);
}

size_t typeslab_ksize(const void *p)
{
	return ZERO_OR_NULL_PTR(p) ? 0 : heap_usable_size(p, ACT_SIZE_QUERY);
}

/* The compiler may not see that nobody reads what is written here. */
void typeslab_kfree_sensitive(const void *p)
{
	size_t size = ZERO_OR_NULL_PTR(p) ? 0 : heap_usable_size(p, ACT_FREE);
	void *object = untagged(p);

	/* Nothing to free, or what is no object: that was reported. */
	if (!size)
		return;
	memset(object, 0, size);
	__asm__ volatile("" : : "r"(object) : "memory");
	heap_free(object);
}

void typeslab_kfree_bulk(size_t nr, void **p)
{
	for (size_t i = 0; i < nr; i++)
		typeslab_kfree(p[i]);
}

/* By exchange, with one thread too: a handler may free what free() looks at. */
void typeslab_kfree_nolock(const void *p)
{
	void *object = untagged(p);
	struct place place;
	uint8_t expected = SLOT_LIVE;
	uint8_t *state;

	if (ZERO_OR_NULL_PTR(p))
		return;
	place = place_find(object);
	place.facts.address = p;
	if (place.kind != PLACE_LIVE) {
		place_report(&place, ACT_FREE);
		return;
	}
	slab_find_state(place.slab, object, &state);
	if (!__atomic_compare_exchange_n(state, &expected, SLOT_STOCK, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		place.kind = PLACE_DEAD;
		place_report(&place, ACT_FREE);
		return;
	}
	nowait_free(place.slab, object, state);
}
