/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whatis.h: where an address lies in the heap.
 *
 * For tests, debuggers and the curious. Showing which type lies in which
 * partition discloses the process's secret map: keep it out of logs that an
 * attacker can read.
 */
#ifndef TYPESLAB_WHATIS_H
#define TYPESLAB_WHATIS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum typeslab_domain {
	TYPESLAB_DATA,	  /* the compiler saw a type without pointers */
	TYPESLAB_POINTER, /* the compiler saw a type with pointers */
	TYPESLAB_UNKNOWN, /* no token: not instrumented, or inference failed */
	TYPESLAB_CACHE,	  /* a kmem_cache or a set of kmem_buckets */
};

struct typeslab_whatis {
	enum typeslab_domain domain;
	unsigned int partition; /* counted from 0 inside its domain */
	bool accounted;		/* in the partition's accounted caches */
	bool reclaimable;	/* in its reclaimable ones */
	size_t size;		/* of the slot in bytes, its canary included */
	const void *start;	/* the slot's first byte */
	bool large;		/* a span of its own */
	bool live;		/* allocated, not yet freed */
};

/*
 * Fills *@info and returns true if @p points into a slot of this heap (live or
 * not, its start or inside). False for every other address, a tagged one too
 * (top byte not 0), and before the first allocation; *@info is untouched then.
 * Thread safety: safe; the answer is as old as the call. Signal safety: takes
 * no lock and allocates nothing; may be called by a handler. errno is
 * untouched.
 */
bool typeslab_whatis(const void *p, struct typeslab_whatis *info);

#ifdef __cplusplus
}
#endif

#endif /* TYPESLAB_WHATIS_H */
