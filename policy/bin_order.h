/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * bin_order: in which order the bins, and the caches, of all rows lie.
 *
 * Owns:       nothing.
 * Promises:   each row and class has a number of its own, and the number gives
 *             both back; number(row, class) is number(row, 0) and class steps
 *             of the row.
 * Relies on:  classes being fewer than NR_CLASSES_MAX.
 *
 * The rows of @order lie class by class: the bins of one class, row after row,
 * then those of the next. A thousand types with one class each fill a few
 * pages so; row by row each takes a page of its own. All others lie row by
 * row: a call site of thirty classes finds them all in one page.
 */
#ifndef POLICY_BIN_ORDER_H
#define POLICY_BIN_ORDER_H

#include "base/config.h"

#include <stdbool.h>
#include <stdint.h>

/* Rows @first to @first + @nr - 1 lie class by class. */
struct bin_order {
	uint32_t first;
	uint32_t nr;
};

static inline bool bin_order_holds(struct bin_order order, uint32_t row)
{
	return row - order.first < order.nr;
}

/* Numbers from one class of the row to the next. */
static inline uint32_t bin_class_step(struct bin_order order, uint32_t row)
{
	return bin_order_holds(order, row) ? order.nr : 1;
}

static inline uint32_t bin_number(struct bin_order order, uint32_t row,
				  uint32_t class)
{
	uint32_t first = order.first << NR_CLASSES_SHIFT;

	return bin_order_holds(order, row)
		       ? first + class * order.nr + (row - order.first)
		       : row << NR_CLASSES_SHIFT | class;
}

static inline uint32_t bin_number_row(struct bin_order order, uint32_t number)
{
	uint32_t at = number - (order.first << NR_CLASSES_SHIFT);

	return at < order.nr << NR_CLASSES_SHIFT ? order.first + at % order.nr
						 : number >> NR_CLASSES_SHIFT;
}

static inline uint32_t bin_number_class(struct bin_order order, uint32_t number)
{
	uint32_t at = number - (order.first << NR_CLASSES_SHIFT);

	return at < order.nr << NR_CLASSES_SHIFT
		       ? at / order.nr
		       : number & (NR_CLASSES_MAX - 1);
}

#endif /* POLICY_BIN_ORDER_H */
