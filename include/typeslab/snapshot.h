/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot.h: the text a snapshot of the heap is written in.
 *
 * A snapshot is a valid slabinfo 2.1 file, so that what reads /proc/slabinfo
 * reads it too: the two head lines of the kernel's file, then lines that
 * begin with "# typeslab", then one line a cache, then a line that ends it:
 *
 *	slabinfo - version: 2.1
 *	# name            <active_objs> <num_objs> <objsize> <objperslab> ...
 *	# typeslab 1
 *	# typeslab pid 4711
 *	# typeslab program redis-server
 *	# typeslab mode typed
 *	# typeslab partitions 8 8 16
 *	# typeslab allocations 123456 4000 23456
 *	data-00-64  10 64 64 64 1 : tunables 0 0 0 : slabdata 1 1 0
 *	pointer-07-large  1 1 1048576 1 256 : tunables 0 0 0 : slabdata 1 1 0
 *	# typeslab caches
 *	inode_cache  5 32 1024 32 8 : tunables 0 0 0 : slabdata 1 1 0
 *	# typeslab end
 *
 * A cache's name is <domain>-<partition>-<slot size>, the partition counted
 * from 0 inside its domain, two digits or more. Large objects of a partition
 * share one line, <domain>-<partition>-large; its objsize is their mean.
 * "partitions" counts data, pointer and unknown. "allocations" counts all
 * allocations ever made in the three domains, in the same order. In the mode
 * dedicated a line "dedicated" follows: types that came, apart from those that
 * a policy names (counted up to what the heap lists, at least four times the
 * budget or 1,024); the budget; allocations of types in shared partitions.
 * Only caches that ever held an object have a line. The file holds no address
 * and no seed.
 * Behind "caches", a line that is there if there are any, come those made at
 * run time, by their names: kmem_caches, the columns of kmem_buckets, and the
 * caches of accounted, reclaimable and node-bound objects.
 * A text without the last line was cut: by a full disk, or by a writer's end.
 */
#ifndef TYPESLAB_SNAPSHOT_H
#define TYPESLAB_SNAPSHOT_H

#define TYPESLAB_SNAPSHOT_HEAD "slabinfo - version: 2.1\n"
#define TYPESLAB_SNAPSHOT_COLUMNS                                           \
	"# name            <active_objs> <num_objs> <objsize> <objperslab>" \
	" <pagesperslab> : tunables <limit> <batchcount> <sharedfactor>"    \
	" : slabdata <active_slabs> <num_slabs> <sharedavail>\n"
#define TYPESLAB_SNAPSHOT_VERSION 1
#define TYPESLAB_SNAPSHOT_CACHES  "# typeslab caches\n"
#define TYPESLAB_SNAPSHOT_END	  "# typeslab end\n"

#endif /* TYPESLAB_SNAPSHOT_H */
