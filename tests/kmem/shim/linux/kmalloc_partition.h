/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of our kernel series, as a program sees them: counted like there,
 * data, pointer, unknown. Relies on the default counts of partitions.
 *
 * The map from tokens to rows is fixed in the kernel and a secret here, and no
 * trace tells of an allocation. What asks for these is skipped.
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
#define KMALLOC_UNKNOWN_FIRST		  0
#define KMALLOC_ROWS			  1
#define kmalloc_row(...)		  0
#define kmalloc_row_is_cheap(...)	  true
#define kmalloc_token_caller(caller, ...) (caller)
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

#ifndef TYPESLAB_NO_PARTITIONS
struct kmalloc_token {
	unsigned long v;
};

#define kmalloc_token_from(...) \
	((struct kmalloc_token){ TYPESLAB_TOKEN(__VA_ARGS__) })

static inline unsigned int kmalloc_row(struct kmalloc_token token)
{
	(void)token;
	kunit_skip(kunit_get_current_test(), "the map to rows is a secret");
	return 0;
}

static inline bool kmalloc_row_is_cheap(struct kmalloc_token token)
{
	return kmalloc_row(token);
}

#define kmalloc_token_here()	    ((struct kmalloc_token){ 0 })
#define kmalloc_token_of_site(site) ((struct kmalloc_token){ (long)(site) })

static inline unsigned long kmalloc_token_caller(unsigned long caller,
						 struct kmalloc_token token)
{
	(void)token;
	kunit_skip(kunit_get_current_test(), "nothing is traced here");
	return caller;
}

static inline struct kmalloc_token
kmalloc_token_data(struct kmalloc_token token)
{
	return token;
}

static inline struct kmalloc_token
kmalloc_token_pointer(struct kmalloc_token token)
{
	return token;
}
#endif

#endif /* SHIM_LINUX_KMALLOC_PARTITION_H */
