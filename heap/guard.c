/* SPDX-License-Identifier: Apache-2.0 */
/* guard: see guard.h. */
#include "heap/guard.h"

#include "heap/layout.h"
#include "os/os.h"

static unsigned int nr_guards;

static size_t guard_size(bool is_wanted)
{
	bool has_room =
		__atomic_load_n(&nr_guards, __ATOMIC_RELAXED) < GUARDS_MAX;

	return is_wanted && has_room ? region_grain() : 0;
}

size_t guard_behind_large(void)
{
	return guard_size(layout.options.guard);
}

size_t guard_behind_slab(uint64_t random)
{
	uint64_t every = layout.options.guard;

	return guard_size(every && random % every == 0);
}

/*
 * Where the process may have no more mappings, a part can be forbidden by the
 * time that it fails; what cannot be undone is taken for a guard.
 */
bool guard_raise(char *end)
{
	size_t grain = region_grain();

	if (!os_forbid(end - grain, grain) &&
	    os_commit_reserved(end - grain, grain))
		return false;
	__atomic_fetch_add(&nr_guards, 1, __ATOMIC_RELAXED);
	return true;
}

void guard_raise_large(struct slab *slab)
{
	slab->prev = guard_raise(slab_end(slab));
}

bool guard_lower_large(struct slab *slab)
{
	size_t guard = guard_of_large(slab);

	if (!guard)
		return true;
	if (!os_commit_reserved(slab_end(slab) - guard, guard))
		return false;
	__atomic_fetch_sub(&nr_guards, 1, __ATOMIC_RELAXED);
	slab->prev = 0;
	return true;
}
