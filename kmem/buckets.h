/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buckets: private sets of size classes; contracts in typeslab/kmem_cache.h.
 *
 * Owns:       the sets made so far.
 * Promises:   buckets_name() of a set that was handed out.
 * Relies on:  twin/ for the caches of a set.
 */
#ifndef KMEM_BUCKETS_H
#define KMEM_BUCKETS_H

#include "kmem/twin.h"

#include "typeslab/kmem_cache.h"

/* Sets are counted from 1 on. */
const char *buckets_name(unsigned int set);

/* Whether all of an object's bytes [from, to) may be a user's. */
bool buckets_allow_copy(unsigned int set, size_t from, size_t to);

#endif /* KMEM_BUCKETS_H */
