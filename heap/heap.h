/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap: routes every allocation by size and type, and every free by address.
 *
 * Owns:       nothing of its own: boot order, and the two fast paths.
 * Promises:   what the doors above build on: memory of the asked size in the
 *             row that token and site choose, aligned to 16; only the start
 *             of a live slot is freed, anything else is reported. errno is
 *             set to ENOMEM where NULL is returned, and else untouched.
 * Relies on:  thread/ for the magazines, cache/ behind them, large/ beside.
 *
 * One malloc: size -> class, token or site -> row, the thread's bin of that
 * row and class, pop, mark the slot live. One free: address -> chunk record,
 * offset -> slot, exchange its state, the thread's bin, push.
 */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "heap/thread.h"
#include "os/single.h"
#include "report/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole library, once; false when there is no memory to begin with. */
bool heap_boot(void);

/* Whether it is there; asks nothing of anybody. */
bool heap_is_booted(void);

/* The continuations of the fast paths. */
typedef void *heap_alloc_rest(size_t size, uint64_t token, uintptr_t site);

void *heap_alloc_slow(size_t size, uint64_t token, uintptr_t site);
void *heap_alloc_rare(size_t size, uint64_t token, uintptr_t site);
void *heap_alloc_odd(size_t size, uint64_t token, uintptr_t site);
cold_path void heap_free_odd(void *p);
void heap_free_full(void *p, struct slab *slab, uint8_t *state);
void heap_free_shared(void *p, struct slab *slab, uint8_t *state);
cold_path void heap_free_sized_odd(void *p, size_t size, size_t align);

/* All that the fast path leaves out; each is one allocation. */
void *heap_alloc_zeroed(size_t size, uint64_t token, uintptr_t site);
void *heap_alloc_aligned(size_t size, size_t align, uint64_t token,
			 uintptr_t site);

/*
 * @size 0 frees and returns NULL, as glibc does; @p NULL allocates. A token
 * that says nothing, or the token of the row the block is in, keeps the row.
 * EINVAL instead of ENOMEM, under compat: @p was no live block.
 */
void *heap_realloc(void *p, size_t size, uint64_t token, uintptr_t site);

/* Usable bytes of a live block; 0 for NULL. */
size_t heap_usable_size(const void *p, enum report_act act);

/* Gives back all memory nobody uses; true if there was any. */
bool heap_trim(void);
/* The same for the cache of one bin and what this and ended threads have. */
void heap_trim_bin(struct heap *heap, uint32_t bin);

/*
 * A slot of the bin's cache, or a large object of its partition; NULL where
 * there is no memory, and errno as it was. For who knows the bin: an announced
 * token is not asked for.
 */
void *heap_alloc_in_bin(uint32_t bin);
void *heap_alloc_large(uint32_t bin, size_t size, size_t align, bool *is_zero);

static always_inline void *heap_take_from(struct bin *bin)
{
	struct slot slot = magazine_pop(bin);

	bin->nr_allocs++;
	__atomic_store_n(slot.state, SLOT_LIVE, __ATOMIC_RELAXED);
	return slot.address;
}

static always_inline uint64_t heap_home_of_site(uintptr_t site)
{
	return layout.site_homes[site_bucket(site, layout.secret)];
}

/* Of a token above layout.table_floor. */
static always_inline uint64_t heap_home_in_table(uint64_t token)
{
	uint64_t pair = token_pair(token, layout.secret);

	/* What is shifted into it last is one instruction. */
	compute_now(pair);
	return layout.token_homes[token_bucket_in(pair, token)];
}

static always_inline uint64_t heap_home_of_token(uint64_t token)
{
	unsigned int domain = token_holds_pointers(token);
	uint64_t product = token_product(token, layout.secret) &
			   layout.product_mask[domain];
	/* A partition's number times its step, and what is to be masked. */
	uint64_t distance =
		partition_scale(product, layout.typed_bytes[domain]);

	return layout.typed_homes[domain] + (distance & layout.row_mask);
}

/* Whether heap_home_of_token() is for @token; 0 has a site, others neither. */
static always_inline bool heap_knows_token(uint64_t token)
{
	return likely(token > layout.token_floor);
}

/* Of a token that no map knows; false: dedicated_find() does. */
static always_inline bool heap_is_near(uint64_t token, uint64_t *home)
{
	uint64_t value = near_find(layout.near, token);

	*home = layout.near_home + (value << BIN_SHIFT);
	return likely(value);
}

/* For a token with a bin that is not empty; false: heap_alloc_odd() knows. */
static always_inline bool heap_has_ready(size_t size, uint64_t token,
					 struct bin **bin)
{
	if (unlikely(size >= layout.small_end))
		return false;
	/* Two branches, not one of both answers: that is three more. */
	forget_reads();
	if (unlikely(token <= layout.table_floor))
		return false;
	*bin = thread_bin_at(heap_home_in_table(token), layout_class_bin(size));
	return likely(!magazine_is_empty(*bin));
}

/* The same for a call site without a token; false: heap_alloc_slow() knows. */
static always_inline bool heap_site_has_ready(size_t size, uintptr_t site,
					      struct bin **bin)
{
	if (unlikely(size >= layout.small_end))
		return false;
	*bin = thread_bin_at(heap_home_of_site(site), layout_class_bin(size));
	return likely(!magazine_is_empty(*bin));
}

/*
 * @site is the return address of the door; @token 0 where there is none. No
 * call but the last, and that in one place: no register is saved for it. Hence
 * doors that do more where there is no memory have a @slow and @odd of theirs.
 */
static always_inline void *heap_alloc_or(size_t size, uint64_t token,
					 uintptr_t site, heap_alloc_rest *slow,
					 heap_alloc_rest *odd)
{
	struct bin *bin;

	if (!__builtin_constant_p(token) || token)
		return heap_has_ready(size, token, &bin)
			       ? heap_take_from(bin)
			       : odd(size, token, site);
	return heap_site_has_ready(size, site, &bin) ? heap_take_from(bin)
						     : slow(size, token, site);
}

static always_inline void *heap_alloc(size_t size, uint64_t token,
				      uintptr_t site)
{
	return heap_alloc_or(size, token, site, heap_alloc_slow,
			     heap_alloc_odd);
}

/* Of two threads one sees LIVE, and the other changes nothing. */
static always_inline bool heap_claim(uint8_t *state)
{
	uint8_t expected = SLOT_LIVE;

	return likely(__atomic_compare_exchange_n(state, &expected, SLOT_STOCK,
						  false, __ATOMIC_ACQ_REL,
						  __ATOMIC_RELAXED));
}

/* A slot that was LIVE and is STOCK now goes into the thread's magazine. */
static always_inline void heap_keep(void *p, struct slab *slab, uint8_t *state)
{
	struct bin *bin = thread_bin_at(slab->home, 0);

	if (unlikely(magazine_is_full(bin)))
		return heap_free_full(p, slab, state);
	/* Whoever gets it next writes to it, and stores that miss wait. */
	__builtin_prefetch(p, 1);
	magazine_push(bin, p, state);
}

/* LIVE, and no thread but this one could free it at this instant. */
static always_inline bool heap_is_sure(const uint8_t *state)
{
	return __atomic_load_n(state, __ATOMIC_RELAXED) & os_single_bit();
}

/*
 * The state's change from LIVE decides who frees. With one thread a load and
 * a store are enough; otherwise heap_free_shared() claims it.
 */
static always_inline void heap_free_in(struct slab *slab, void *p)
{
	uint8_t *state;

	if (unlikely(!slab_find_state(slab, p, &state)))
		return heap_free_odd(p);
	if (unlikely(!heap_is_sure(state)))
		return heap_free_shared(p, slab, state);
	*state = SLOT_STOCK;
	heap_keep(p, slab, state);
}

static always_inline void heap_free(void *p)
{
	if (unlikely(!region_holds(p)))
		return heap_free_odd(p);
	heap_free_in(slab_of_address(p), p);
}

/* free() of a block that was asked for with @size and @align (0: none). */
static always_inline void heap_free_sized(void *p, size_t size, size_t align)
{
	struct slab *slab;

	/* With a canary the class is that of more. */
	if (unlikely(size >= layout.small_end || align > CLASS_GRAIN ||
		     !region_holds(p)))
		return heap_free_sized_odd(p, size, align);
	slab = slab_of_address(p);
	if (unlikely(slab->size != class_size(class_of(size))))
		return heap_free_sized_odd(p, size, align);
	heap_free_in(slab, p);
}

#endif /* HEAP_HEAP_H */
