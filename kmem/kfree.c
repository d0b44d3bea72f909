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
exported void typeslab_kvfree_sensitive(const void *p, size_t len);
exported void typeslab_kfree_bulk(size_t nr, void **p);
exported void typeslab_kfree_nolock(const void *p);

void typeslab_kfree(const void *p)
{
	if (unlikely(ZERO_OR_NULL_PTR(p)))
		return;
	heap_free((void *)p);
}

size_t typeslab_ksize(const void *p)
{
	return ZERO_OR_NULL_PTR(p) ? 0 : heap_usable_size(p, ACT_SIZE_QUERY);
}

/* The compiler may not see that nobody reads what is written here. */
static void wipe(const void *p, size_t size)
{
	memset((void *)p, 0, size);
	__asm__ volatile("" : : "r"(p) : "memory");
}

void typeslab_kfree_sensitive(const void *p)
{
	size_t size = typeslab_ksize(p);

	if (size)
		wipe(p, size);
	typeslab_kfree(p);
}

void typeslab_kvfree_sensitive(const void *p, size_t len)
{
	if (ZERO_OR_NULL_PTR(p))
		return;
	wipe(p, len);
	typeslab_kfree(p);
}

void typeslab_kfree_bulk(size_t nr, void **p)
{
	for (size_t i = 0; i < nr; i++)
		typeslab_kfree(p[i]);
}

/* By exchange, with one thread too: a handler may free what free() looks at. */
void typeslab_kfree_nolock(const void *p)
{
	struct place place;
	uint8_t expected = SLOT_LIVE;
	uint8_t *state;

	if (ZERO_OR_NULL_PTR(p))
		return;
	place = place_find(p);
	if (place.kind != PLACE_LIVE || place.slab->kind != SLAB_SMALL) {
		place_report(&place, ACT_FREE);
		return;
	}
	slab_find_state(place.slab, p, &state);
	if (!__atomic_compare_exchange_n(state, &expected, SLOT_STOCK, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		place.kind = PLACE_DEAD;
		place_report(&place, ACT_FREE);
		return;
	}
	nowait_free(place.slab, (char *)p, state);
}
