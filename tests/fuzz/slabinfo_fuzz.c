/* SPDX-License-Identifier: Apache-2.0 */
/* slabinfo_fuzz: any bytes as a kernel's slabinfo. */
#include "tests/fuzz/target.h"

#include "tools/kmalloc_parse.h"

#include <stdlib.h>
#include <string.h>

/* Labels are words of their own, and the sums fit. */
static void check(const struct kmalloc_rows *got)
{
	uint64_t objects = 0, bytes = 0;

	for (size_t i = 0; i < got->nr_rows; i++) {
		const struct kmalloc_row *row = &got->rows[i];

		if (row->kind >= NR_KMALLOC_KINDS || !row->label[0] ||
		    !memchr(row->label, 0, sizeof(row->label)) ||
		    __builtin_add_overflow(objects, row->objects, &objects) ||
		    __builtin_add_overflow(bytes, row->bytes, &bytes))
			abort();
		for (size_t j = 0; j < i && j < 64; j++)
			if (!strcmp(row->label, got->rows[j].label))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_fault fault = { 0 };
	struct kmalloc_rows got;

	if (kmalloc_parse((const char *)data, size, &got, &fault)) {
		if (!fault.what)
			abort();
		return 0;
	}
	check(&got);
	kmalloc_rows_fini(&got);
	return 0;
}
