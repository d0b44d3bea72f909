/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of our kernel series, as a program sees them: counted like there,
 * data, pointer, unknown. Relies on the default counts of partitions.
 */
#ifndef SHIM_LINUX_KMALLOC_PARTITION_H
#define SHIM_LINUX_KMALLOC_PARTITION_H

#include "typeslab/kunit.h"
#include "typeslab/slab_site.h"
#include "typeslab/whatis.h"

#define CONFIG_SLAB_BUCKETS 1

#define KMALLOC_DATA_ROWS  8
#define KMALLOC_KNOWN_ROWS 16

#if defined(TYPESLAB_NO_PARTITIONS)
#define KMALLOC_UNKNOWN_FIRST 0
#define KMALLOC_ROWS	      1
#elif defined(TYPESLAB_HAS_TOKENS)
#define CONFIG_KMALLOC_PARTITION_TYPED 1
#define KMALLOC_UNKNOWN_FIRST	       KMALLOC_KNOWN_ROWS
#define KMALLOC_ROWS		       32
#else
#define CONFIG_KMALLOC_PARTITION_RANDOM 1
#define KMALLOC_UNKNOWN_FIRST		0
#define KMALLOC_ROWS			KMALLOC_KNOWN_ROWS
#endif

/* -1: in no row; alone, or in a cache of another kind. */
static inline int kmalloc_row_of(const void *object)
{
	struct typeslab_whatis place;

	if (!typeslab_whatis(object, &place) || place.large ||
	    place.reclaimable || place.domain == TYPESLAB_CACHE)
		return -1;
	if (place.domain == TYPESLAB_DATA)
		return place.partition;
	if (place.domain == TYPESLAB_POINTER)
		return KMALLOC_DATA_ROWS + place.partition;
	return KMALLOC_UNKNOWN_FIRST + place.partition;
}

#endif /* SHIM_LINUX_KMALLOC_PARTITION_H */
