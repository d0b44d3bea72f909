/* SPDX-License-Identifier: Apache-2.0 */
/* shape: see shape.h. */
#include "heap/shape.h"

#include "heap/layout.h"

const struct shape_field shape_fields[] = {
	{ "chunk_shift", CHUNK_SHIFT },
	{ "record_shift", CHUNK_RECORD_SHIFT },
	{ "bin_shift", BIN_SHIFT },
	{ "nr_classes_shift", NR_CLASSES_SHIFT },
	{ "region_base", offsetof(struct region, base) },
	{ "region_reach", offsetof(struct region, reach) },
	{ "region_table", offsetof(struct region, table) },
	{ "slab_states", offsetof(struct slab, states) },
	{ "slab_home", offsetof(struct slab, home) },
	{ "slab_size", offsetof(struct slab, size) },
	{ "slab_nr_slots", offsetof(struct slab, nr_slots) },
	{ "slab_bias", offsetof(struct slab, bias) },
	{ "slab_kind", offsetof(struct slab, kind) },
	{ "slab_large_state", offsetof(struct slab, large_state) },
	{ "slab_nr_used", offsetof(struct slab, nr_used) },
	{ "layout_rows", offsetof(struct layout, rows) },
	{ "layout_nr_rows", offsetof(struct layout, nr_rows) },
	{ "layout_order", offsetof(struct layout, order) },
	{ "order_first", offsetof(struct bin_order, first) },
	{ "order_nr", offsetof(struct bin_order, nr) },
	{ "layout_no_bins", offsetof(struct layout, no_bins) },
	{ "layout_named", offsetof(struct layout, named) },
	{ "row_set_count", offsetof(struct row_set, count) },
	{ "row_set_first", offsetof(struct row_set, first) },
	{ "named_name", offsetof(struct named, name) },
	{ "row_set_size", sizeof(struct row_set) },
	{ "domain_data", DOMAIN_DATA },
	{ "domain_pointer", DOMAIN_POINTER },
	{ "domain_unknown", DOMAIN_UNKNOWN },
	{ "", 0 },
};
