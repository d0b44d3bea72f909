/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kmalloc_histogram: what a histogram says of a kernel's kmalloc caches.
 *
 * Owns:       nothing; fills the caller's histogram.
 * Promises:   a group a kind (normal, accounted, reclaimable, DMA), each with
 *             one of its unknown rows after it where there are any, a row a
 *             row, from the highest number down to 0. A kind without a live
 *             object is left out, but never the normal one. Notes: the two
 *             halves of a typed kernel, the largest row, the effective spread.
 * Relies on:  the rows came from kmalloc_parse(): sorted and summed.
 * Invariant:  the sums over the groups equal those over the rows.
 */
#ifndef TOOLS_KMALLOC_HISTOGRAM_H
#define TOOLS_KMALLOC_HISTOGRAM_H

#include "tools/histogram.h"
#include "tools/kmalloc_parse.h"

/* 0, or -1: no memory. Either way histogram_fini() is due. */
int kmalloc_histogram_fill(struct histogram *histogram, const char *origin,
			   const struct kmalloc_rows *rows);

#endif /* TOOLS_KMALLOC_HISTOGRAM_H */
