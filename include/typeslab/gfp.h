/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gfp.h: what an allocation of typeslab/slab.h may do, and what it shall be.
 *
 * The names are the kernel's; the values are our own. What they mean here:
 *
 *	__GFP_DIRECT_RECLAIM	may wait: for a lock that another thread holds,
 *				and in system calls that get memory. Without it
 *				(GFP_ATOMIC, GFP_NOWAIT, 0) an allocation looks
 *				a hundred times whether a lock is free, makes
 *				no system call (but to wake a thread that waits
 *				for the lock it gives back), and gives NULL
 *				where that does not do. It has what its cache
 *				holds: the thread's stock, slabs in use, ground
 *				committed before. Touching fresh memory may
 *				still fault a page in.
 *	__GFP_ZERO		the object is all zero
 *	__GFP_NOFAIL		with __GFP_DIRECT_RECLAIM, never NULL for a size
 *				that can be had: waits for other threads to free
 *				memory, and ends the process with a report where
 *				that does not help. Without, nothing
 *	__GFP_NOWARN		no line on standard error when it fails; who may
 *				not wait never writes one
 *	__GFP_ACCOUNT		from caches of their own, typed like the others:
 *				what a client makes a server allocate lies
 *				apart from the server's own. NULL where that
 *				would be one cache too many: TYPESLAB_CACHES_MAX
 *	__GFP_RECLAIMABLE	from caches of their own, likewise
 *
 * All others are accepted and change nothing: there is one zone, no I/O to
 * avoid and no emergency reserve.
 *
 * Kernel code that takes GFP_ATOMIC for granted, in a program where nothing
 * is atomic, may be built with -DTYPESLAB_ATOMIC_MAY_WAIT: GFP_ATOMIC and
 * GFP_NOWAIT then wait like GFP_KERNEL.
 */
#ifndef TYPESLAB_GFP_H
#define TYPESLAB_GFP_H

#include <stdbool.h>

typedef unsigned int gfp_t;

#define __GFP_DMA	     ((gfp_t)1 << 0)
#define __GFP_HIGHMEM	     ((gfp_t)1 << 1)
#define __GFP_DMA32	     ((gfp_t)1 << 2)
#define __GFP_MOVABLE	     ((gfp_t)1 << 3)
#define __GFP_RECLAIMABLE    ((gfp_t)1 << 4)
#define __GFP_HIGH	     ((gfp_t)1 << 5)
#define __GFP_IO	     ((gfp_t)1 << 6)
#define __GFP_FS	     ((gfp_t)1 << 7)
#define __GFP_ZERO	     ((gfp_t)1 << 8)
#define __GFP_DIRECT_RECLAIM ((gfp_t)1 << 10)
#define __GFP_KSWAPD_RECLAIM ((gfp_t)1 << 11)
#define __GFP_WRITE	     ((gfp_t)1 << 12)
#define __GFP_NOWARN	     ((gfp_t)1 << 13)
#define __GFP_RETRY_MAYFAIL  ((gfp_t)1 << 14)
#define __GFP_NOFAIL	     ((gfp_t)1 << 15)
#define __GFP_NORETRY	     ((gfp_t)1 << 16)
#define __GFP_MEMALLOC	     ((gfp_t)1 << 17)
#define __GFP_COMP	     ((gfp_t)1 << 18)
#define __GFP_NOMEMALLOC     ((gfp_t)1 << 19)
#define __GFP_HARDWALL	     ((gfp_t)1 << 20)
#define __GFP_THISNODE	     ((gfp_t)1 << 21)
#define __GFP_ACCOUNT	     ((gfp_t)1 << 22)
#define __GFP_NO_OBJ_EXT     ((gfp_t)1 << 23)
#define __GFP_ZEROTAGS	     ((gfp_t)1 << 24)
#define __GFP_SKIP_ZERO	     ((gfp_t)1 << 25)
#define __GFP_SKIP_KASAN     ((gfp_t)1 << 26)
#define __GFP_NOLOCKDEP	     ((gfp_t)1 << 27)
#define __GFP_BITS_SHIFT     28
#define __GFP_BITS_MASK	     (((gfp_t)1 << __GFP_BITS_SHIFT) - 1)
#define __GFP_RECLAIM	     (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#ifdef TYPESLAB_ATOMIC_MAY_WAIT
#define __TYPESLAB_GFP_ATOMIC __GFP_RECLAIM
#else
#define __TYPESLAB_GFP_ATOMIC __GFP_KSWAPD_RECLAIM
#endif

#define GFP_ATOMIC	     (__GFP_HIGH | __TYPESLAB_GFP_ATOMIC)
#define GFP_NOWAIT	     (__TYPESLAB_GFP_ATOMIC | __GFP_NOWARN)
#define GFP_NOIO	     __GFP_RECLAIM
#define GFP_NOFS	     (__GFP_RECLAIM | __GFP_IO)
#define GFP_KERNEL	     (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT   (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_USER	     (GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER	     (GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | __GFP_MOVABLE)
#define GFP_DMA		     __GFP_DMA
#define GFP_DMA32	     __GFP_DMA32
#define GFP_TRANSHUGE_LIGHT                                      \
	((GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOMEMALLOC | \
	  __GFP_NOWARN) &                                        \
	 ~__GFP_RECLAIM)
#define GFP_TRANSHUGE (GFP_TRANSHUGE_LIGHT | __GFP_DIRECT_RECLAIM)

/* Whether an allocation with @gfp may wait. */
static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}

#endif /* TYPESLAB_GFP_H */
