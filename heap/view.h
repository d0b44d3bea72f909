/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view: the heap of a process that is read, and what all its threads have.
 *
 * Owns:       nothing.
 * Promises:   reads only through the reader it is given. Each sum is one walk
 *             of the list of heaps, and exact when no thread allocates
 *             meanwhile. False: something could not be read.
 * Relies on:  the layout having been found to be this build's: see live.h.
 */
#ifndef HEAP_VIEW_H
#define HEAP_VIEW_H

#include "heap/live.h"
#include "heap/thread.h"

struct view {
	const struct live_reader *reader;
	const struct live_sink *sink;
	const struct layout *layout;
	uint64_t first_heap;
	unsigned int nr_rows; /* that may hold something */
};

bool view_read(const struct view *view, uint64_t address, void *to,
	       size_t size);

/* Slots in stock and allocations ever made, of one bin, over all threads. */
struct bin_sums {
	uint32_t bin; /* of which it is; the rest begins with 0 */
	uint64_t in_stock;
	uint64_t allocs;
};

bool view_sum_bin(const struct view *view, struct bin_sums *sums);

/* Of a row, by class; its classes are those that have been used. */
struct row_sums {
	uint64_t classes;
	struct bin_sums bins[NR_CLASSES_MAX];
};

bool view_sum_row(const struct view *view, unsigned int row,
		  const struct partition *partition, struct row_sums *sums);

/* From the counts of @partition's live large objects, which are of @bin. */
bool view_take_off_pockets(const struct view *view, uint32_t bin,
			   struct partition *partition);

#endif /* HEAP_VIEW_H */
