/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kmalloc_parse: the kmalloc caches of a kernel's slabinfo, summed by row.
 *
 * A row is all caches whose names differ only in the size at their end. Known
 * names, size left out:
 *
 *	kmalloc				row 0, or a kernel without partitions
 *	kmalloc-part-NN			a typed or random partition
 *	kmalloc-rnd-NN			RANDOM_KMALLOC_CACHES of 6.12
 *	kmalloc-cg, kmalloc-rcl		accounted, reclaimable
 *	kmalloc-dma, dma-kmalloc	for DMA
 *	kmalloc-no-objext		the slab allocator's own
 *	kmalloc-part-unk-NN		types that the compiler could not tell
 *
 * and their mixtures in any order (kmalloc-cg-part-unk-16).
 *
 * Owns:       the array of rows, until kmalloc_rows_fini().
 * Promises:   takes any bytes; a text is read whole or refused with line and
 *             reason. Names that are not of the list are passed over.
 * Relies on:  nothing: no file, no system call, no state.
 * Invariant:  rows are in the order they are shown: by kind, the unknown after
 *             the others, then from the highest number down to 0. Labels
 *             differ. The sums of objects and of bytes fit 64 bits.
 */
#ifndef TOOLS_KMALLOC_PARSE_H
#define TOOLS_KMALLOC_PARSE_H

#include "tools/slabline.h"

enum kmalloc_kind {
	KMALLOC_NORMAL,
	KMALLOC_ACCOUNTED,
	KMALLOC_RECLAIMABLE,
	KMALLOC_DMA,
	KMALLOC_NO_OBJEXT,
	NR_KMALLOC_KINDS,
};

struct kmalloc_row {
	char label[48];
	enum kmalloc_kind kind;
	bool is_unknown;
	bool is_partition; /* has "part": typed, or random by call site */
	unsigned int number;
	uint64_t objects; /* live */
	uint64_t bytes;
};

struct kmalloc_rows {
	struct kmalloc_row *rows;
	size_t nr_rows;
};

/* 0, and the caller calls kmalloc_rows_fini(); or -1 with *@fault filled. */
int kmalloc_parse(const char *text, size_t length, struct kmalloc_rows *out,
		  struct text_fault *fault);

void kmalloc_rows_fini(struct kmalloc_rows *rows);

#endif /* TOOLS_KMALLOC_PARSE_H */
