/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: idle slabs of several caches on their way to the system.
 *
 * Owns:       nothing; the slabs of a chain are off their lists, linked by
 *             next, and the caller's alone.
 * Promises:   chain_give_back() hands each slab of the chain to the callback
 *             once, the highest first. Pages of states that are all theirs go
 *             back before.
 * Relies on:  chunk numbers growing with addresses; 0 ends a chain.
 *
 * The classes of a partition lie among each other, so a chain is made of all of
 * them: neighbours go back by one call, and where these cover 2 MiB the kernel
 * gives back the page table as well. The highest first, because who puts them
 * on a list one by one then has the lowest at its head.
 */
#ifndef CACHE_CHAIN_H
#define CACHE_CHAIN_H

#include "slab/slab.h"

/* What became of a slab's memory. */
enum given {
	GIVEN_NOT, /* the system refused, or took a part */
	GIVEN_PURGED,
	GIVEN_REFUNDED,
};

typedef void chain_take(struct slab *slab, enum given given, uint32_t tag);

/* @first is the chain; @refund: the right to the memory too. */
void chain_give_back(uint32_t first, bool refund, chain_take *take,
		     uint32_t tag);

#endif /* CACHE_CHAIN_H */
