/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * bin_order: in which order the bins, and the caches, of all rows lie.
 *
 * Owns:       nothing.
 * Promises:   each row and class has a number of its own, and the number gives
 *             both back; number(row, class) is number(row, 0) + number(0,
 *             class) for the rows of the first kind, and for those of the
 *             second.
 * Relies on:  classes being fewer than NR_CLASSES_MAX.
 *
 * The first @by_class rows lie class by class: the bins of one class, row
 * after row, then those of the next. A thousand rows with one class each fill
 * a few pages so; row by row each takes a page of its own, and a program whose
 * row has thirty classes finds them all in one. Rows behind lie row by row.
 */
#ifndef POLICY_BIN_ORDER_H
#define POLICY_BIN_ORDER_H

#include "base/config.h"

#include <stdint.h>

static inline uint32_t bin_number(uint32_t by_class, uint32_t row,
				  uint32_t class)
{
	return row < by_class ? class * by_class + row
			      : row << NR_CLASSES_SHIFT | class;
}

static inline uint32_t bin_number_row(uint32_t by_class, uint32_t number)
{
	return number < by_class << NR_CLASSES_SHIFT
		       ? number % by_class
		       : number >> NR_CLASSES_SHIFT;
}

static inline uint32_t bin_number_class(uint32_t by_class, uint32_t number)
{
	return number < by_class << NR_CLASSES_SHIFT
		       ? number / by_class
		       : number & (NR_CLASSES_MAX - 1);
}

#endif /* POLICY_BIN_ORDER_H */
