/* SPDX-License-Identifier: Apache-2.0 */
/* twin: see twin.h. */
#include "kmem/twin.h"

#include "kmem/buckets.h"

#include "base/line.h"
#include "heap/named.h"
#include "heap/nowait.h"

#define NR_PLACES (2 * NR_NAMED_MAX)

/*
 * A place: the number of the named cache, from 1 on, below what it is a twin
 * of. One word, so that a reader sees all of it or nothing.
 */
#define NUMBER_BITS 16

static uint64_t places[NR_PLACES];
static struct lock lock;

/* Keys, plus 1, of twins that should be made; 0: none. */
static uint64_t wanted[TWIN_WANTED_MAX];
static bool is_wanted;

/* Bins are fewer than 2^24, variants fewer than 2^18. */
static uint64_t key_of(uint32_t bin, uint32_t variant)
{
	return (uint64_t)variant << 24 | bin >> BIN_SHIFT;
}

static uint32_t bin_of_key(uint64_t key)
{
	return (uint32_t)(key & ((1u << 24) - 1)) << BIN_SHIFT;
}

static uint32_t variant_of_key(uint64_t key)
{
	return (uint32_t)(key >> 24);
}

static unsigned int first_place(uint64_t key)
{
	return key * 0x9e3779b97f4a7c15u >> 32 & (NR_PLACES - 1);
}

static uint32_t bin_of_number(unsigned int number)
{
	return layout.named[number - 1]->bin;
}

/* The place of the key, or the free one where it would be. */
static uint64_t *find_place(uint64_t key, uint64_t *entry)
{
	unsigned int at = first_place(key);

	for (;; at = (at + 1) & (NR_PLACES - 1)) {
		*entry = __atomic_load_n(&places[at], __ATOMIC_ACQUIRE);
		if (!*entry || *entry >> NUMBER_BITS == key)
			return &places[at];
	}
}

static void add_row(struct line *line, uint32_t bin)
{
	struct row_name name = layout_name(row_of_bin(bin));

	line_add(line, domain_name(name.domain));
	line_add(line, "-");
	line_add_number(line, name.partition, 10, 2);
}

static void add_base(struct line *line, uint32_t bin, uint32_t variant)
{
	unsigned int set = variant >> VARIANT_SET_SHIFT;

	if (layout_is_named(bin)) {
		line_add(line, layout_named(bin)->name);
		return;
	}
	if (set) {
		line_add(line, buckets_name(set));
	} else {
		line_add(line, "kmalloc-");
		if (variant & VARIANT_RECLAIMABLE)
			line_add(line, "rcl-");
		if (variant & VARIANT_ACCOUNT)
			line_add(line, "cg-");
		add_row(line, bin);
	}
	line_add(line, "-");
	if (class_of_bin(bin) == CLASS_LARGE)
		line_add(line, "large");
	else
		line_add_number(line, layout_slot_size(bin), 10, 1);
}

static struct named *make(struct heap *heap, uint32_t bin, uint32_t variant)
{
	unsigned int node = variant >> VARIANT_NODE_SHIFT & VARIANT_NODE_MASK;
	bool is_named = layout_is_named(bin);
	const struct named *base = is_named ? layout_named(bin) : NULL;
	struct line line = { .length = 0 };
	struct named_spec spec = {
		.name = line.text,
		.size = layout_slot_size(bin),
		.node = (int)node - 1,
		.twin_of = bin,
		.variant = variant,
	};

	if (base) {
		spec.ctor = base->ctor;
		spec.owner = base->owner;
		spec.keeps_memory = base->keeps_memory;
	}
	add_base(&line, bin, variant);
	if (node) {
		line_add(&line, "-node");
		line_add_number(&line, node - 1, 10, 1);
	}
	line.text[line.length] = 0;
	return named_create(heap, &spec);
}

/* Another thread may have been faster. */
static uint32_t make_once(struct heap *heap, uint32_t bin, uint32_t variant)
{
	uint64_t key = key_of(bin, variant);
	struct named *named;
	uint64_t *place;
	uint64_t entry;

	if (lock_acquire(&lock, thread_tag(heap)) == LOCK_REENTERED)
		return TWIN_NONE;
	place = find_place(key, &entry);
	if (!entry) {
		named = make(heap, bin, variant);
		if (named)
			entry = key << NUMBER_BITS | (named_number(named) + 1);
		__atomic_store_n(place, entry, __ATOMIC_RELEASE);
	}
	lock_release(&lock);
	return entry ? bin_of_number(entry & ((1u << NUMBER_BITS) - 1))
		     : TWIN_NONE;
}

/* In a place that is free, or in the one where it is; or another gives way. */
static void remember(uint64_t key)
{
	unsigned int first = first_place(key) % TWIN_WANTED_MAX;

	for (unsigned int i = 0; i < TWIN_WANTED_MAX; i++) {
		uint64_t *place = &wanted[(first + i) % TWIN_WANTED_MAX];
		uint64_t there = 0;

		if (__atomic_compare_exchange_n(place, &there, key + 1, false,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED) ||
		    there == key + 1)
			return;
	}
	__atomic_store_n(&wanted[first], key + 1, __ATOMIC_RELAXED);
}

/* Large objects are not for who may not wait. */
static void want(uint32_t bin, uint64_t key)
{
	if (class_of_bin(bin) == CLASS_LARGE)
		return;
	remember(key);
	__atomic_store_n(&is_wanted, true, __ATOMIC_RELEASE);
}

bool twin_is_wanted(void)
{
	return __atomic_load_n(&is_wanted, __ATOMIC_RELAXED);
}

static void make_wanted(struct heap *heap, uint64_t key)
{
	uint32_t bin = make_once(heap, bin_of_key(key), variant_of_key(key));

	if (bin != TWIN_NONE)
		nowait_fill(heap, bin);
}

void twin_make_wanted(void)
{
	struct heap *heap = thread_enter();

	if (!heap)
		return;
	/* Before they are looked at: who stores later sets it again. */
	__atomic_store_n(&is_wanted, false, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < TWIN_WANTED_MAX; i++) {
		uint64_t key =
			__atomic_exchange_n(&wanted[i], 0, __ATOMIC_SEQ_CST);

		if (key)
			make_wanted(heap, key - 1);
	}
	thread_leave(heap);
}

uint32_t twin_find(uint32_t bin, uint32_t variant, bool may_make)
{
	struct heap *heap;
	uint64_t entry;

	if (variant >> VARIANT_SET_SHIFT && !layout_is_named(bin))
		bin = bin_offset(0, class_of_bin(bin));
	find_place(key_of(bin, variant), &entry);
	if (entry)
		return bin_of_number(entry & ((1u << NUMBER_BITS) - 1));
	if (!may_make)
		want(bin, key_of(bin, variant));
	heap = may_make ? thread_enter() : NULL;
	if (!heap)
		return TWIN_NONE;
	bin = make_once(heap, bin, variant);
	thread_leave(heap);
	return bin;
}
