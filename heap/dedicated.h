/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dedicated: tokens whose row is not the map's: pinned ones, and in the mode
 * dedicated each as it comes, while the budget lasts.
 *
 * Owns:       what layout.pins, layout.roster, layout.near and
 *             layout.nr_listed hold.
 * Promises:   a token that found its row once has it for ever, in every
 *             thread and in children; two tokens have one row only if a policy
 *             says so, or once the budget is spent; never two of different
 *             domains.
 * Relies on:  the layout's counts of rows.
 * Invariant:  numbers 1 to 2 * pins.nr of the roster are the policy's tokens,
 *             data and pointer by turns; the next ones have the rows from
 *             first_own on, in order; those after nr_rows a shared row.
 */
#ifndef HEAP_DEDICATED_H
#define HEAP_DEDICATED_H

#include "heap/layout.h"

/* In this order at boot: before the rows are counted, to count them, after. */
void dedicated_read_policy(void);
unsigned int dedicated_budget(void);
bool dedicated_init(void);

/* The row of a token not 0, from now on. */
unsigned int dedicated_row(uint64_t token);

/* The same; malloc() finds it near from then on, if there is room. */
unsigned int dedicated_find(uint64_t token);

/* How far from row 0's first bin the value 0 is; modulo 2^64. */
uint64_t dedicated_near_floor(void);

#endif /* HEAP_DEDICATED_H */
