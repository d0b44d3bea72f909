/* SPDX-License-Identifier: Apache-2.0 */
/* trim: idle memory goes back because somebody says so; contract in heap.h. */
#include "heap/heap.h"

#include "heap/nowait.h"
#include "heap/purge.h"

bool heap_trim(void)
{
	struct heap *heap = thread_enter();
	bool had_any;

	if (!heap)
		return false;
	nowait_settle(heap);
	thread_flush(heap);
	thread_flush_parked();
	had_any = purge_all(heap, layout.refunds);
	thread_leave(heap);
	return had_any;
}

void heap_trim_bin(struct heap *heap, uint32_t bin)
{
	thread_flush_bin(heap, bin);
	thread_flush_parked();
	if (layout_is_named(bin))
		purge_named(heap, layout_named(bin));
}
