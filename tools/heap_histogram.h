/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heap_histogram: what a histogram says of a heap's snapshot.
 *
 * Owns:       nothing; fills the caller's histogram.
 * Promises:   a group a domain (data, pointer, unknown) with a row a partition,
 *             named <domain>-<NN>; in a domain of more than
 *             HEAP_HISTOGRAM_ALL_ROWS partitions only rows that hold objects,
 *             and a note how many hold none. Notes: the share of allocations
 *             that carried a type, and over how many partitions the unknown
 *             domain's objects are in effect spread.
 * Relies on:  the snapshot came from snapshot_parse().
 * Invariant:  the sums over the groups equal those over the caches.
 */
#ifndef TOOLS_HEAP_HISTOGRAM_H
#define TOOLS_HEAP_HISTOGRAM_H

#include "tools/histogram.h"
#include "tools/snapshot_parse.h"

/* As many partitions as are still read at a glance. */
#define HEAP_HISTOGRAM_ALL_ROWS 64

/* 0, or -1: no memory. Either way histogram_fini() is due. */
int heap_histogram_fill(struct histogram *histogram,
			const struct snapshot *snapshot);

#endif /* TOOLS_HEAP_HISTOGRAM_H */
