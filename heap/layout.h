/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout: which rows of caches there are and where they lie.
 *
 * Owns:       the counts of rows in each domain, the secret of the map, the
 *             arrays of caches and of grounds, the arenas; which token has a
 *             row of its own.
 * Promises:   fixed by layout_init() and layout_draw_map(), never changed; but
 *             in the mode dedicated a row becomes a token's when it first
 *             comes, and is that token's then.
 * Relies on:  the region and the options being there.
 * Invariant:  in the modes random and none all domains are the same rows.
 *
 *	rows: unknown | data | pointer | two for each group | one for each token
 *	      <------- shared -------->  pinned by a policy   in the order they
 *	                               (data, pointer)      came: first_own on
 */
#ifndef HEAP_LAYOUT_H
#define HEAP_LAYOUT_H

#include "cache/cache.h"
#include "cache/magazine.h"
#include "heap/hold.h"
#include "heap/near.h"
#include "heap/options.h"
#include "heap/pins.h"
#include "heap/roster.h"
#include "heap/scrub.h"
#include "policy/bin_order.h"
#include "policy/domain.h"
#include "policy/partition.h"
#include "policy/size_class.h"
#include "region/arena.h"
#include "region/ground.h"

/* Bins of free large ground, by log2 of their chunks. */
#define NR_LARGE_BINS 32u

/* What a partition holds besides its caches. */
struct partition {
	struct lock lock; /* before the region's: see docs/design.md, "Locks" */

	/* Under the lock. */
	struct ground slabs;
	struct ground large;
	uint32_t free[NR_CONDITIONS][NR_LARGE_BINS]; /* chunks, 0: none */
	uint32_t kept;				     /* the same: see kept.h */
	uint32_t nr_kept;
	size_t nr_large;    /* live */
	size_t large_bytes; /* live */
	size_t idle_bytes;  /* of dirty free ground */
	uint64_t nr_large_allocs;
	uint64_t nr_binless_allocs; /* of slots; atomic */
	uint64_t classes; /* a bit each: has slabs; read without the lock */
	uint8_t epoch;
};

/* A cache made at run time, of one slot size: see named.h. */
struct named {
	struct partition partition;

	/* Fixed by named_create(). */
	size_t size; /* of a slot */
	size_t span; /* of a slab */
	uint32_t bin;
	int32_t node; /* whose memory is preferred; -1: any */
	bool keeps_memory;
	void (*ctor)(void *object);
	void *owner;
	uint32_t twin_of;
	uint32_t variant;
	char name[NAMED_NAME_SIZE];
};

/* The smallest page there is; of larger ones whole ones are sealed. */
#define LAYOUT_PAGE 4096

struct layout {
	/*
	 * What malloc() reads, zero until layout_draw_map(): no size is below
	 * small_end then, nor ever in the hardened profile. A home is the
	 * address of a row of bins of those who have none: a thread's own are
	 * at its distance from there.
	 */
	size_t small_end;
	uint64_t secret;
	uint64_t table_floor; /* tokens above are in the table */
	uint64_t token_homes[NR_TOKEN_BUCKETS];
	uint64_t site_homes[NR_SITE_BUCKETS];
	uint32_t class_bins[CLASS_TABLE_SIZE]; /* from the home, by size */

	/* The same of tokens without a table: there are many rows. */
	uint64_t token_floor;	  /* tokens above carry their domain */
	uint64_t product_mask[2]; /* data and pointer */
	uint64_t typed_bytes[2];  /* of rows: a step each */
	uint64_t typed_homes[2];  /* of the first one */
	uint64_t row_mask;	  /* what a home's distance is a multiple of */
	uint64_t class_step;	  /* in class_bins there: see bin_order.h */
	struct near *near;	  /* of tokens that no map knows: not all */
	uint64_t near_home;	  /* of the value 0 there */
	uint64_t site_floor;	  /* tokens above decide the row alone */
	uint64_t no_bins;	  /* the home of all homes */

	struct options options;
	struct row_set rows[NR_DOMAINS]; /* that are shared */
	unsigned int nr_rows;
	struct bin_order order;
	unsigned int first_pinned;
	unsigned int first_own;
	struct pins pins;
	struct roster roster; /* tokens whose row no pure map says */
	bool is_hardened;     /* no fast path: parts of the profile are on */
	bool is_traced;	      /* each call's stack is kept */
	bool has_short_way;   /* hardened and not traced: see thread.h */
	struct scrub scrub;
	struct hold_rule holds[NR_CLASSES];
	bool draws;	      /* from what is ready: see hold.h */
	bool refunds;	      /* idle memory is refunded, not only purged */
	size_t idle_max;      /* bytes that may stay idle */
	size_t grain;	      /* region_grain(), for who reads from outside */
	struct cache *caches; /* in the order of bins */
	struct partition *partitions; /* by row */

	/* Below is what changes; above, all may be sealed. */
	struct named **named __attribute__((aligned(LAYOUT_PAGE)));
	uint32_t nr_named;   /* only grows; named is NULL before */
	uint32_t nr_listed;  /* the roster's */
	struct arena arena;  /* heaps, magazines, the arrays above */
	struct arena states; /* slot states */
};

extern internal struct layout layout;

/* False when there is no address space or memory to begin with. */
bool layout_init(void);

/*
 * Draws the secret: from here on tokens and sites have rows of their own.
 * @no_bins: as many rows as layout_nr_bin_rows(), of those who have none.
 */
void layout_draw_map(const void *no_bins);

/* After that: with seal=on, what never changes cannot be written to. */
void layout_seal(void);

/* Of rows that the options ask for, whatever was had. */
static inline unsigned int layout_nr_shared(void)
{
	const struct options *options = &layout.options;

	return (unsigned int)(options->unknown + options->data +
			      options->pointer);
}

/* Rows take bins in steps of this; see magazine.h. */
#define ROW_SHIFT (NR_CLASSES_SHIFT + BIN_SHIFT)

/* What a row takes of the arena, as long as there is one thread. */
#define LAYOUT_ROW_SIZE                                                     \
	(NR_CLASSES_MAX * sizeof(struct cache) + sizeof(struct partition) + \
	 (1ul << ROW_SHIFT))

/* The column whose bin stays zero: large objects have no magazine. */
#define CLASS_LARGE (NR_CLASSES_MAX - 1)

/*
 * class_of() as an offset in a row that lies row by row; @size is at most
 * SMALL_MAX.
 */
static always_inline uint32_t layout_class_bin(size_t size)
{
	return layout.class_bins[(size + CLASS_GRAIN - 1) / CLASS_GRAIN];
}

/* Of a row and a class, in a heap that is laid out like @of. */
static inline uint32_t layout_bin(const struct layout *of, unsigned int row,
				  unsigned int class)
{
	return bin_number(of->order, row, class) << BIN_SHIFT;
}

static inline uint32_t bin_offset(unsigned int row, unsigned int class)
{
	return layout_bin(&layout, row, class);
}

static inline unsigned int layout_row_of_bin(const struct layout *of,
					     uint32_t offset)
{
	return bin_number_row(of->order, offset >> BIN_SHIFT);
}

static inline unsigned int row_of_bin(uint32_t offset)
{
	return layout_row_of_bin(&layout, offset);
}

static inline unsigned int class_of_bin(uint32_t offset)
{
	return bin_number_class(layout.order, offset >> BIN_SHIFT);
}

/* The address that bins of nobody have, and back from a record's. */
static inline uint64_t layout_home(uint32_t offset)
{
	return layout.no_bins + offset;
}

static inline uint32_t layout_bin_of_slab(const struct layout *of,
					  const struct slab *slab)
{
	return (uint32_t)(slab->home - of->no_bins);
}

static inline uint32_t bin_of_slab(const struct slab *slab)
{
	return layout_bin_of_slab(&layout, slab);
}

static inline unsigned int row_of_slab(const struct slab *slab)
{
	return row_of_bin(bin_of_slab(slab));
}

static inline struct cache *cache_of_bin(uint32_t offset)
{
	return &layout.caches[offset >> BIN_SHIFT];
}

/*
 * Rows that bins are reckoned in: behind those of partitions come the named
 * caches, a column each.
 */
static inline unsigned int layout_nr_bin_rows(void)
{
	return layout.nr_rows + NR_NAMED_MAX / NR_CLASSES_MAX;
}

static inline bool layout_is_named(uint32_t bin)
{
	return bin >= layout.nr_rows << ROW_SHIFT;
}

static inline struct named *layout_named(uint32_t bin)
{
	return layout.named[(bin >> BIN_SHIFT) -
			    (layout.nr_rows << NR_CLASSES_SHIFT)];
}

static inline struct partition *layout_partition(uint32_t bin)
{
	return layout_is_named(bin) ? &layout_named(bin)->partition
				    : &layout.partitions[row_of_bin(bin)];
}

/* Of a slot in the bin's cache; for large objects a chunk. */
static inline size_t layout_slot_size(uint32_t bin)
{
	if (layout_is_named(bin))
		return layout_named(bin)->size;
	if (class_of_bin(bin) == CLASS_LARGE)
		return CHUNK_SIZE;
	return class_size(class_of_bin(bin));
}

/* Of a slab of the bin's cache. */
static inline size_t layout_span(uint32_t bin)
{
	return layout_is_named(bin)
		       ? layout_named(bin)->span
		       : class_span(class_of_bin(bin), layout.grain);
}

/*
 * Memory from the arena for what only makes threads faster: of a small arena a
 * part is left to those that have nothing yet.
 */
void *layout_take_spare(size_t size, size_t align);

/*
 * The partition's lock for the thread called @tag; false: a signal handler.
 * After a fork that lost the holder the partition begins anew: its ground and
 * its free lists are forgotten, live objects stay.
 */
bool layout_lock_partition(struct partition *partition, uint32_t tag);

/* Under the lock: the bin's cache is about to have a slab. */
static inline void layout_note_slab(struct partition *partition, uint32_t bin)
{
	uint64_t classes = partition->classes | 1ul << class_of_bin(bin);

	__atomic_store_n(&partition->classes, classes, __ATOMIC_RELAXED);
}

static inline uint64_t layout_classes(const struct partition *partition)
{
	return __atomic_load_n(&partition->classes, __ATOMIC_RELAXED);
}

/*
 * Bytes of dirty large ground and of live large objects, over all partitions;
 * and what adds to them (or takes away: modulo 2^64), under the partition's
 * lock.
 */
size_t layout_idle_bytes(void);
size_t layout_large_bytes(void);
void layout_count_idle(struct partition *partition, size_t bytes);
void layout_count_large(struct partition *partition, size_t bytes);

/*
 * Rows of partitions that may hold something are below this: of those for one
 * token each, those that have become a token's.
 */
unsigned int layout_nr_used_rows(void);

/* The row for a token, or for a call site where the token says nothing. */
unsigned int layout_row(uint64_t token, uintptr_t site);

/* The one of its domain's shared rows that a token not 0 would have. */
unsigned int layout_shared_row(uint64_t token);

/* True if the token alone decides the row. */
static inline bool layout_is_typed(uint64_t token)
{
	return token > layout.site_floor;
}

/* Named caches are exempt: their objects are as long as their slots. */
static inline bool layout_is_hardened(uint32_t bin)
{
	return layout.is_hardened && !layout_is_named(bin);
}

static inline const struct hold_rule *layout_hold_rule(uint32_t bin)
{
	size_t size = layout_slot_size(bin);

	return &layout.holds[class_of(size < SMALL_MAX ? size : SMALL_MAX)];
}

/* Bytes of a slot of @size that are the program's. */
static inline size_t layout_usable(size_t size)
{
	return size - layout.scrub.canary;
}

/* @size is at most what the largest slot has for the program. */
static inline unsigned int layout_class_for(size_t size, size_t align)
{
	size += layout.scrub.canary;
	return align == 1 ? class_of(size) : class_of_aligned(size, align);
}

/* Of a row from first_pinned up to first_own. */
static inline enum domain layout_domain_of_pinned(const struct layout *of,
						  unsigned int row)
{
	return (row - of->first_pinned) % 2 ? DOMAIN_POINTER : DOMAIN_DATA;
}

/* Of the token that a row from first_own on is for: its number. */
static inline uint32_t layout_number_of(const struct layout *of,
					unsigned int row)
{
	return 2 * of->pins.nr + 1 + row - of->first_own;
}

/* Partitions of a domain are counted in the order of their rows. */
struct row_name layout_name(unsigned int row);

#endif /* HEAP_LAYOUT_H */
