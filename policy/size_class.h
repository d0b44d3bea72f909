/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * size_class: the pure map between sizes and size classes.
 *
 * Owns:       nothing; the tables are constants of the program.
 * Promises:   for every size up to SMALL_MAX, class_size(class_of(size)) is
 *             the smallest class that holds it; sizes grow with the class;
 *             every size is a multiple of 16. Size 0 has the class of 1.
 * Relies on:  nothing.
 *
 * Steps of 16 up to 128, then four classes a doubling: at most one fifth of
 * a slot is lost, and 43 classes are few enough for small programs. Three of
 * them are for pages of 1, 2 and 4 KiB that have a header, as databases do.
 */
#ifndef POLICY_SIZE_CLASS_H
#define POLICY_SIZE_CLASS_H

#include "base/compiler.h"
#include "base/config.h"

#include <stddef.h>
#include <stdint.h>

#define NR_CLASSES	 43u
#define CLASS_GRAIN	 16u
#define CLASS_TABLE_SIZE (SMALL_MAX / CLASS_GRAIN + 1)

extern internal const uint16_t size_class_sizes[NR_CLASSES];
extern internal const uint8_t size_class_table[CLASS_TABLE_SIZE];

/* @size is at most SMALL_MAX. */
static inline unsigned int class_of(size_t size)
{
	return size_class_table[(size + CLASS_GRAIN - 1) / CLASS_GRAIN];
}

static inline size_t class_size(unsigned int class)
{
	return size_class_sizes[class];
}

/* Fewer slots than this in a slab, and its cost is not shared. */
#define CLASS_SLOTS_LEAST 8u

/*
 * Bytes of a slab of the class: as many times @grain, a power of two, as hold
 * enough slots.
 */
static inline size_t class_span(unsigned int class, size_t grain)
{
	size_t wanted = class_size(class) * CLASS_SLOTS_LEAST;

	return (wanted + grain - 1) & -grain;
}

/*
 * The smallest class whose slots are all aligned to @align, a power of two up
 * to the chunk size, and hold @size; NR_CLASSES if there is none.
 */
unsigned int class_of_aligned(size_t size, size_t align);

#endif /* POLICY_SIZE_CLASS_H */
