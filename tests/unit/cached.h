/* SPDX-License-Identifier: Apache-2.0 */
/* cached: what the tests of a cache share. */
#ifndef UNIT_CACHED_H
#define UNIT_CACHED_H

#include "cache/cache.h"
#include "policy/size_class.h"
#include "tests/unit/fixture.h"
#include "tests/unit/unit.h"

#define TAG	FIXTURE_TAG
#define LARGEST (NR_CLASSES - 1)

static struct arena cached_arena;

static inline int cached_begin(void **state)
{
	fixture_begin(state);
	unit_must(arena_init(&cached_arena, 1 << 20, 64 << 10));
	depot_init(&cached_arena);
	return 0;
}

static struct cache *purged;

static inline void take_back(struct slab *slab, enum given given, uint32_t tag)
{
	cache_attach(purged, slab, given, tag);
}

static inline void purge_some(struct cache *cache, struct purge *some,
			      uint32_t tag)
{
	purged = cache;
	chain_give_back(cache_detach_idle(cache, some, 0, tag), some->refund,
			take_back, tag);
}

/* All that is idle for @age looks at least. */
static inline void purge(struct cache *cache, unsigned int age, bool refund)
{
	struct purge all = { age, refund, SIZE_MAX, refund && !age };

	purge_some(cache, &all, TAG);
}

#endif /* UNIT_CACHED_H */
