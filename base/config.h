/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: the numbers the heap is built with. Each says what chose it.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

/*
 * A chunk belongs to one cache for the life of the process. 32 KiB: see
 * docs/experiments.md, "Chunk size".
 */
#define CHUNK_SHIFT 15
#define CHUNK_SIZE  (1ul << CHUNK_SHIFT)

/* Objects up to this size live in slabs, larger ones in spans of their own. */
#define SMALL_MAX (32ul << 10)

/* Columns of a row of caches; the size classes of policy/size_class.h fit. */
#define NR_CLASSES_SHIFT 6
#define NR_CLASSES_MAX	 (1u << NR_CLASSES_SHIFT)

/*
 * Rows of caches in all domains together: 3 times 1,024 by number, two for
 * each of 1,024 rules of a policy, and 4,096 dedicated ones.
 */
#define NR_PARTITIONS_MAX 9216u

/*
 * Caches made at run time, and the bytes of a name. Each costs 32 bytes of a
 * thread's bins, never touched where the thread does not use the cache: a
 * kernel that runs has some 250 of them.
 */
#define NR_NAMED_MAX	1024u
#define NAMED_NAME_SIZE 48u

/*
 * Extents are multiples of a block; the first chunk of each is never
 * committed, so unmapped ground lies between any two extents.
 */
#define BLOCK_SIZE (256ul << 10)

/* Address space reserved for objects, unless the process is limited. */
#define RESERVE_DEFAULT (16ul << 40)
#define RESERVE_MIN	(16ul << 20)

/*
 * Empty slabs and freed large objects are idle. Where more than an eighth of
 * what is in use is idle, and more than the least, what was idle longest goes
 * back to the system; what is more than the most and what is in use together,
 * twice the most at most (of a large heap: than half of what is in use), at
 * once. Large objects come and go, and fetching them again is what it costs:
 * they stay up to a least of their own. See docs/experiments.md, "Idle memory
 * of small heaps".
 */
#define IDLE_LEAST	 (2ul << 20)
#define IDLE_LEAST_LARGE (4ul << 20)
#define IDLE_MAX	 (56ul << 20)

/*
 * A thread's stock of one cache: at most so many slots, and so many bytes. A
 * large magazine is for who allocated MAGAZINE_WORTH times its slots and
 * fetches what it gave home, or never has any to give; and all of a thread
 * together hold no more than is said. See docs/experiments.md, "Magazine size".
 */
#define MAGAZINE_SLOTS_MIN   8u
#define MAGAZINE_SLOTS_SMALL 32u
#define MAGAZINE_SLOTS_MAX   1024u
#define MAGAZINE_BYTES_SMALL (32ul << 10)
#define MAGAZINE_BYTES_MAX   (512ul << 10)
#define MAGAZINE_BYTES_LARGE (2ul << 20)
#define MAGAZINE_WORTH	     32u

/*
 * So many threads that ended leave their heaps to the next ones with what is
 * in stock, each at most so many bytes.
 */
#define PARKED_HEAPS 4u
#define PARKED_BYTES (512ul << 10)

/* So many slots come from the slabs at once, at most. */
#define MAGAZINE_BATCH 64u

/*
 * So many slabs with room, of other threads, are left to them by a thread that
 * wants slots of that cache: see docs/experiments.md, "Slabs of many threads".
 */
#define CACHE_FOREIGN_MAX 32u

#endif /* BASE_CONFIG_H */
