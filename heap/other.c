/* SPDX-License-Identifier: Apache-2.0 */
/* other: see other.h. */
#include "heap/other.h"

#include "policy/size_class.h"
#include "report/report.h"

struct other other;

void *other_alloc(size_t size, size_t align)
{
	report_other_malloc();
	if (align <= CLASS_GRAIN)
		return other.malloc(size);
	return other.aligned_alloc(align, size);
}

void *other_realloc(void *p, size_t size)
{
	report_other_malloc();
	return other.realloc(p, size);
}
