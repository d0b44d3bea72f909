/* SPDX-License-Identifier: Apache-2.0 */
/*
 * twin: caches that stand beside a row's own for some of its objects.
 *
 * Owns:       the map from a cache and a variant to the variant's cache.
 * Promises:   accounted, reclaimable and node-bound objects, and those of
 *             kmem_buckets, have caches of their own, made when first needed;
 *             one cache and variant, one twin. Finding one takes no lock, and
 *             may be done by a signal handler at any instant.
 * Relies on:  named_create().
 * Invariant:  the map has more places than there can be named caches.
 */
#ifndef KMEM_TWIN_H
#define KMEM_TWIN_H

#include "heap/named.h"

#include <stdbool.h>
#include <stdint.h>

#define TWIN_NONE UINT32_MAX

/*
 * The bin of @variant's twin of the cache of @bin, made if @may_make; or
 * TWIN_NONE. The first twin of a set in a row's class is that of row 0.
 */
uint32_t twin_find(uint32_t bin, uint32_t variant, bool may_make);

/*
 * Twins that were not there for who may not make them are remembered, so many
 * of them: one may drive out another. Whether there are some; and makes them,
 * each with a slab for the next one who may not wait.
 */
#define TWIN_WANTED_MAX 16u
bool twin_is_wanted(void);
void twin_make_wanted(void);

#endif /* KMEM_TWIN_H */
