/* SPDX-License-Identifier: Apache-2.0 */
/* view: see view.h. */
#include "heap/view.h"

/* No process has more threads that allocate at once. */
#define HEAPS_MAX (1u << 20)

bool view_read(const struct view *view, uint64_t address, void *to, size_t size)
{
	return view->reader->read(view->reader->context, address, to, size);
}

typedef bool visit_heap(const struct view *view, const struct heap *heap,
			void *sums);

/* Of each thread there ever was; false: one cannot be read. */
static bool visit_heaps(const struct view *view, visit_heap *visit, void *sums)
{
	uint64_t at = view->first_heap;

	for (uint32_t i = 0; at && i < HEAPS_MAX; i++) {
		struct heap heap;

		if (!view_read(view, at, &heap, sizeof(heap)) ||
		    !visit(view, &heap, sums))
			return false;
		at = (uintptr_t)heap.next_of_all;
	}
	return true;
}

/* What a heap's bin has in stock, and what waits in line there. */
static bool add_bin(const struct view *view, const struct heap *heap,
		    void *bin_sums)
{
	struct bin_sums *sums = bin_sums;
	struct hold hold = { 0 };
	struct bin one;

	if (!view_read(view, (uintptr_t)heap_bin(heap, sums->bin), &one,
		       sizeof(one)) ||
	    (heap->holds &&
	     !view_read(view, (uintptr_t)heap_hold(heap, sums->bin), &hold,
			sizeof(hold))))
		return false;
	sums->in_stock += magazine_count(&one) + hold.held;
	sums->allocs += one.nr_allocs;
	return true;
}

bool view_sum_bin(const struct view *view, struct bin_sums *sums)
{
	return visit_heaps(view, add_bin, sums);
}

static bool add_row(const struct view *view, const struct heap *heap,
		    void *row_sums)
{
	struct row_sums *sums = row_sums;

	for (uint64_t left = sums->classes; left; left &= left - 1) {
		if (!add_bin(view, heap, &sums->bins[__builtin_ctzl(left)]))
			return false;
	}
	return true;
}

bool view_sum_row(const struct view *view, unsigned int row,
		  const struct partition *partition, struct row_sums *sums)
{
	memset(sums, 0, sizeof(*sums));
	sums->classes = layout_classes(partition) & ((1ul << NR_CLASSES) - 1);
	/* Of large ones, those that came out of pockets are counted there. */
	if (partition->nr_large_allocs)
		sums->classes |= 1ul << CLASS_LARGE;
	for (unsigned int class = 0; class < NR_CLASSES_MAX; class ++)
		sums->bins[class].bin = layout_bin(view->layout, row, class);
	return visit_heaps(view, add_row, sums);
}

/* Large objects of @bin, less those in pockets. */
struct large_sums {
	uint32_t bin;
	struct partition *partition;
};

static bool take_off_pocket(const struct view *view, const struct heap *heap,
			    void *large_sums)
{
	const struct large_sums *sums = large_sums;

	for (unsigned int i = 0; i < POCKET_PLACES; i++) {
		struct slab slab;

		if (!heap->pocket.slabs[i])
			continue;
		if (!view_read(view, (uintptr_t)heap->pocket.slabs[i], &slab,
			       sizeof(slab)))
			return false;
		/* Read at different moments, the two may disagree. */
		if (layout_bin_of_slab(view->layout, &slab) != sums->bin ||
		    !sums->partition->nr_large ||
		    sums->partition->large_bytes < slab.size)
			continue;
		sums->partition->nr_large--;
		sums->partition->large_bytes -= slab.size;
	}
	return true;
}

bool view_take_off_pockets(const struct view *view, uint32_t bin,
			   struct partition *partition)
{
	struct large_sums sums = { bin, partition };

	return !partition->nr_large ||
	       visit_heaps(view, take_off_pocket, &sums);
}
