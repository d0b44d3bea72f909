/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rooms: the invariants of every stateful room, and what ties them together.
 *
 * Promises:   ends the program unless each room's own check holds and
 *             - every slab of the chunk table is in its cache's counts;
 *             - slots out of a cache are live blocks of the model or in a
 *               magazine, and in one place only: nothing is lost;
 *             - live large objects are the model's, and every chunk of large
 *               ground is in one live object or one free range;
 *             - idle bytes, over all rooms, are what the lists hold.
 * Relies on:  no other thread running.
 */
#ifndef FUZZ_ROOMS_H
#define FUZZ_ROOMS_H

#include <stdint.h>

/* All rooms; walks the whole chunk table. */
void rooms_check(void);

/* The rooms that an operation on the bin may have changed. */
void rooms_check_bin(uint32_t bin);

/* heap_sum() against the model. */
void rooms_check_sums(void);

#endif /* FUZZ_ROOMS_H */
