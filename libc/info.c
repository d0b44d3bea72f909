/* SPDX-License-Identifier: Apache-2.0 */
/*
 * info: what the C library offers to look at and to tune the heap.
 *
 * mallinfo2() and malloc_info() count the same things as a snapshot does;
 * mallopt() accepts every parameter and changes nothing, since none of
 * glibc's has a meaning here.
 */
#include "base/line.h"
#include "base/mallinfo.h"
#include "heap/heap.h"
#include "heap/snapshot.h"
#include "heap/sums.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

exported int malloc_trim(size_t pad)
{
	(void)pad;
	return heap_trim();
}

exported int mallopt(int parameter, int value)
{
	(void)parameter;
	(void)value;
	return 1;
}

exported struct mallinfo2 mallinfo2(void)
{
	struct heap_sums sums = heap_sum();
	struct mallinfo2 info = {
		.arena = sums.slab_bytes,
		.ordblks = sums.free_slots,
		.hblks = sums.nr_large,
		.hblkhd = sums.large_bytes,
		.uordblks = sums.small_bytes,
		.fordblks = sums.slab_bytes - sums.small_bytes,
		.keepcost = sums.idle_bytes,
	};

	return info;
}

static int clamp(size_t n)
{
	return n > INT_MAX ? INT_MAX : (int)n;
}

/* Numbers beyond INT_MAX are shown as INT_MAX: see mallinfo2(). */
exported struct mallinfo mallinfo(void)
{
	struct mallinfo2 wide = mallinfo2();
	struct mallinfo info = {
		.arena = clamp(wide.arena),
		.ordblks = clamp(wide.ordblks),
		.hblks = clamp(wide.hblks),
		.hblkhd = clamp(wide.hblkhd),
		.uordblks = clamp(wide.uordblks),
		.fordblks = clamp(wide.fordblks),
		.keepcost = clamp(wide.keepcost),
	};

	return info;
}

exported int malloc_info(int options, FILE *stream)
{
	struct heap_sums sums;

	if (options) {
		errno = EINVAL;
		return -1;
	}
	sums = heap_sum();
	fprintf(stream,
		"<malloc version=\"1\">\n"
		"<total type=\"small\" count=\"%zu\" size=\"%zu\"/>\n"
		"<total type=\"large\" count=\"%zu\" size=\"%zu\"/>\n"
		"<total type=\"rest\" count=\"%zu\" size=\"%zu\"/>\n"
		"<system type=\"current\" size=\"%zu\"/>\n"
		"</malloc>\n",
		sums.nr_small, sums.small_bytes, sums.nr_large,
		sums.large_bytes, sums.free_slots,
		sums.slab_bytes - sums.small_bytes,
		sums.slab_bytes + sums.large_bytes);
	return 0;
}

/* On standard error, as glibc does; a snapshot says more. */
exported void malloc_stats(void)
{
	snapshot_write(2);
}
