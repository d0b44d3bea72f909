/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sums: the whole heap in a few numbers.
 *
 * Owns:       nothing.
 * Promises:   takes no lock; exact when no other thread allocates meanwhile.
 * Relies on:  the counts of caches, bins and partitions.
 */
#ifndef HEAP_SUMS_H
#define HEAP_SUMS_H

#include <stddef.h>

struct heap_sums {
	size_t nr_small; /* live objects in slabs, and their slots' bytes */
	size_t small_bytes;
	size_t nr_large; /* live large objects, and their bytes */
	size_t large_bytes;
	size_t slab_bytes; /* of all slabs */
	size_t free_slots;
	size_t idle_bytes; /* could go back to the system at once */
};

struct heap_sums heap_sum(void);

#endif /* HEAP_SUMS_H */
