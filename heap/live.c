/* SPDX-License-Identifier: Apache-2.0 */
/* live: see live.h. */
#include "heap/live.h"

#include "base/align.h"
#include "heap/named.h"
#include "heap/view.h"
#include "typeslab/snapshot.h"

/* One line of the snapshot. */
struct row_counts {
	uint64_t active;
	uint64_t total;
	uint64_t size;
	uint64_t per_slab;
	uint64_t pages_per_slab;
	uint64_t active_slabs;
	uint64_t slabs;
};

/* That came, apart from pinned ones: in the order of their rows. */
static uint32_t nr_types(const struct layout *of)
{
	return of->nr_listed - 2 * of->pins.nr;
}

static bool say(const struct view *view, struct line *line)
{
	bool taken;

	line_end(line);
	taken = view->sink->take(view->sink->context, line->text, line->length);
	line->length = 0;
	return taken;
}

static bool say_text(const struct view *view, const char *text)
{
	return view->sink->take(view->sink->context, text, strlen(text));
}

/* A pinned row's, or that of the token that a row became the own of. */
static bool find_domain(const struct view *view, unsigned int row,
			enum domain *domain)
{
	const struct layout *of = view->layout;
	uint32_t number = layout_number_of(of, row);
	uint64_t token;

	if (row < of->first_pinned) {
		*domain = domain_name_row(of->rows, row).domain;
	} else if (row < of->first_own) {
		*domain = layout_domain_of_pinned(of, row);
	} else {
		if (!view_read(view, (uintptr_t)&of->roster.tokens[number],
			       &token, sizeof(token)))
			return false;
		*domain = domain_of_token(token, of->options.token_max);
	}
	return true;
}

static void add_field(struct line *line, uint64_t n, const char *after)
{
	line_add_number(line, n, 10, 1);
	line_add(line, after);
}

/* @line holds the name. */
static bool say_columns(const struct view *view, struct line *line,
			const struct row_counts *counts)
{
	while (line->length < 18)
		line_add(line, " ");
	line_add(line, " ");
	add_field(line, counts->active, " ");
	add_field(line, counts->total, " ");
	add_field(line, counts->size, " ");
	add_field(line, counts->per_slab, " ");
	add_field(line, counts->pages_per_slab,
		  " : tunables 0 0 0 : slabdata ");
	add_field(line, counts->active_slabs, " ");
	add_field(line, counts->slabs, " 0");
	return say(view, line);
}

static bool say_row(const struct view *view, struct row_name name,
		    bool is_large, const struct row_counts *counts)
{
	struct line line = { .length = 0 };

	line_add(&line, domain_name(name.domain));
	line_add(&line, "-");
	line_add_number(&line, name.partition, 10, 2);
	line_add(&line, "-");
	if (is_large)
		line_add(&line, "large");
	else
		line_add_number(&line, counts->size, 10, 1);
	return say_columns(view, &line, counts);
}

static void count_slots(struct row_counts *counts, const struct cache *cache,
			size_t size, size_t span, uint64_t in_stock)
{
	/* Read at different moments, the two may disagree by a little. */
	if (cache->nr_out > in_stock)
		counts->active = cache->nr_out - in_stock;
	counts->size = size;
	counts->per_slab = span / size;
	counts->total = cache->nr_slabs * counts->per_slab;
	counts->pages_per_slab = span / 4096;
	counts->slabs = cache->nr_slabs;
	counts->active_slabs = cache->nr_slabs - cache->nr_empty;
}

static void count_large(struct row_counts *counts,
			const struct partition *partition)
{
	counts->active = partition->nr_large;
	counts->total = partition->nr_large;
	counts->size = partition->nr_large
			       ? partition->large_bytes / partition->nr_large
			       : 0;
	counts->per_slab = 1;
	counts->pages_per_slab = (counts->size + 4095) / 4096;
	counts->slabs = partition->nr_large;
	counts->active_slabs = partition->nr_large;
}

static bool read_cache(const struct view *view, unsigned int row,
		       unsigned int class, struct cache *cache)
{
	size_t index = bin_number(view->layout->order, row, class);

	return view_read(view, (uintptr_t)&view->layout->caches[index], cache,
			 sizeof(*cache));
}

static bool say_cache(const struct view *view, unsigned int row,
		      struct row_name name, unsigned int class,
		      const struct bin_sums *sums)
{
	struct row_counts counts = { 0 };
	struct cache cache;

	if (!read_cache(view, row, class, &cache))
		return false;
	if (!cache.nr_slabs)
		return true;
	count_slots(&counts, &cache, class_size(class),
		    class_span(class, view->layout->grain), sums->in_stock);
	return say_row(view, name, false, &counts);
}

static bool read_partition(const struct view *view, unsigned int row,
			   struct partition *partition)
{
	return view_read(view, (uintptr_t)&view->layout->partitions[row],
			 partition, sizeof(*partition)) &&
	       view_take_off_pockets(view,
				     layout_bin(view->layout, row, CLASS_LARGE),
				     partition);
}

static bool say_large(const struct view *view,
		      const struct partition *partition, struct row_name name)
{
	struct row_counts counts = { 0 };

	if (!partition->nr_large_allocs)
		return true;
	count_large(&counts, partition);
	return say_row(view, name, true, &counts);
}

/* What the head says. */
struct totals {
	uint64_t rows[NR_DOMAINS];
	uint64_t allocs[NR_DOMAINS];
	uint64_t typed_in_shared; /* allocations */
};

static bool sum_all(const struct view *view, struct totals *totals)
{
	for (unsigned int row = 0; row < view->nr_rows; row++) {
		struct row_sums sums;
		struct partition partition;
		enum domain domain;
		uint64_t allocs;

		if (!find_domain(view, row, &domain) ||
		    !read_partition(view, row, &partition) ||
		    !view_sum_row(view, row, &partition, &sums))
			return false;
		allocs =
			partition.nr_large_allocs + partition.nr_binless_allocs;
		for (unsigned int class = 0; class < NR_CLASSES_MAX; class ++)
			allocs += sums.bins[class].allocs;
		totals->rows[domain]++;
		totals->allocs[domain] += allocs;
		if (domain != DOMAIN_UNKNOWN &&
		    row < view->layout->first_pinned)
			totals->typed_in_shared += allocs;
	}
	return true;
}

static bool say_three(const struct view *view, const char *key, uint64_t data,
		      uint64_t pointer, uint64_t unknown)
{
	struct line line = { .length = 0 };

	line_add(&line, key);
	add_field(&line, data, " ");
	add_field(&line, pointer, " ");
	add_field(&line, unknown, "");
	return say(view, &line);
}

static bool say_head(const struct view *view,
		     const struct live_subject *subject)
{
	static const char *const modes[] = { "typed", "dedicated", "random",
					     "none" };
	uint64_t mode = view->layout->options.mode;
	struct line line = { .length = 0 };

	if (!say_text(view, TYPESLAB_SNAPSHOT_HEAD) ||
	    !say_text(view, TYPESLAB_SNAPSHOT_COLUMNS))
		return false;
	line_add(&line, "# typeslab ");
	line_add_number(&line, TYPESLAB_SNAPSHOT_VERSION, 10, 1);
	if (!say(view, &line))
		return false;
	line_add(&line, "# typeslab pid ");
	line_add_number(&line, subject->pid, 10, 1);
	if (!say(view, &line))
		return false;
	line_add(&line, "# typeslab program ");
	line_add(&line, subject->program);
	if (!say(view, &line))
		return false;
	line_add(&line, "# typeslab mode ");
	line_add(&line, mode < array_size(modes) ? modes[mode] : "?");
	return say(view, &line);
}

static bool say_counts(const struct view *view)
{
	const struct layout *of = view->layout;
	struct totals totals = { 0 };

	if (!sum_all(view, &totals) ||
	    !say_three(view, "# typeslab partitions ", totals.rows[DOMAIN_DATA],
		       totals.rows[DOMAIN_POINTER],
		       totals.rows[DOMAIN_UNKNOWN]) ||
	    !say_three(view, "# typeslab allocations ",
		       totals.allocs[DOMAIN_DATA],
		       totals.allocs[DOMAIN_POINTER],
		       totals.allocs[DOMAIN_UNKNOWN]))
		return false;
	return of->options.mode != MODE_DEDICATED ||
	       say_three(view, "# typeslab dedicated ", nr_types(of),
			 of->nr_rows - of->first_own, totals.typed_in_shared);
}

static bool say_row_of_caches(const struct view *view, unsigned int row,
			      struct row_name name)
{
	struct row_sums sums;
	struct partition partition;

	if (!read_partition(view, row, &partition) ||
	    !view_sum_row(view, row, &partition, &sums))
		return false;
	for (unsigned int class = 0; class < NR_CLASSES; class ++) {
		if (!say_cache(view, row, name, class, &sums.bins[class]))
			return false;
	}
	return say_large(view, &partition, name);
}

static bool say_domain(const struct view *view, enum domain domain)
{
	struct row_name name = { domain, 0 };
	enum domain found;

	for (unsigned int row = 0; row < view->nr_rows; row++) {
		if (!find_domain(view, row, &found))
			return false;
		if (found != domain)
			continue;
		if (!say_row_of_caches(view, row, name))
			return false;
		name.partition++;
	}
	return true;
}

/* A cache's slots, or, where it is one of large objects, those. */
static bool say_named(const struct view *view, unsigned int number)
{
	uint32_t bin =
		(view->layout->nr_rows << ROW_SHIFT) + (number << BIN_SHIFT);
	struct row_counts counts = { 0 };
	struct line line = { .length = 0 };
	struct named named, *at;
	struct cache cache;
	struct bin_sums stock = { .bin = bin };
	char shown[NAMED_NAME_SIZE];

	if (!view_read(view, (uintptr_t)&view->layout->named[number], &at,
		       sizeof(at)) ||
	    !view_read(view, (uintptr_t)at, &named, sizeof(named)) ||
	    !view_read(view, (uintptr_t)&view->layout->caches[bin >> BIN_SHIFT],
		       &cache, sizeof(cache)) ||
	    !view_sum_bin(view, &stock) ||
	    !view_take_off_pockets(view, bin, &named.partition))
		return false;
	if (!named.size || !(cache.nr_slabs || named.partition.nr_large_allocs))
		return true;
	if (cache.nr_slabs)
		count_slots(&counts, &cache, named.size, named.span,
			    stock.in_stock);
	else
		count_large(&counts, &named.partition);
	named.name[NAMED_NAME_SIZE - 1] = 0;
	/* Who can write to the heap need not have left it as it was made. */
	named_copy_name(shown, named.name);
	line_add(&line, shown);
	return say_columns(view, &line, &counts);
}

static bool say_all_named(const struct view *view)
{
	uint32_t nr = view->layout->nr_named;

	if (!nr)
		return true;
	if (!say_text(view, TYPESLAB_SNAPSHOT_CACHES))
		return false;
	for (uint32_t i = 0; i < nr; i++) {
		if (!say_named(view, i))
			return false;
	}
	return true;
}

static bool is_ours(const struct live_root *root)
{
	return root->magic == LIVE_MAGIC && root->version == LIVE_VERSION &&
	       root->size == sizeof(*root) &&
	       root->layout_size == sizeof(struct layout) &&
	       root->heap_size == sizeof(struct heap) &&
	       root->cache_size == sizeof(struct cache) &&
	       root->partition_size == sizeof(struct partition) &&
	       root->named_size == sizeof(struct named);
}

static bool read_layout(struct view *view, const void *at)
{
	struct layout *room = view->reader->room;

	view->layout = room ? room : at;
	return !room || view_read(view, (uintptr_t)at, room, sizeof(*room));
}

enum live_result live_print(const struct live_reader *reader, uint64_t address,
			    const struct live_subject *subject,
			    const struct live_sink *sink)
{
	struct view view = { .reader = reader, .sink = sink };
	const struct layout *of;
	struct live_root root;

	if (!view_read(&view, address, &root, sizeof(root)))
		return LIVE_UNREADABLE;
	if (!is_ours(&root))
		return LIVE_FOREIGN;
	if (!read_layout(&view, root.layout) ||
	    !view_read(&view, (uintptr_t)root.first_heap, &view.first_heap,
		       sizeof(view.first_heap)))
		return LIVE_UNREADABLE;
	of = view.layout;
	if (of->nr_rows > NR_PARTITIONS_MAX || of->nr_named > NR_NAMED_MAX)
		return LIVE_FOREIGN;
	view.nr_rows = uint_min(of->first_own + nr_types(of), of->nr_rows);
	if (!say_head(&view, subject))
		return LIVE_UNREADABLE;
	if (!of->nr_rows)
		return LIVE_EMPTY;
	if (!say_counts(&view) || !say_domain(&view, DOMAIN_DATA) ||
	    !say_domain(&view, DOMAIN_POINTER) ||
	    !say_domain(&view, DOMAIN_UNKNOWN) || !say_all_named(&view) ||
	    !say_text(&view, TYPESLAB_SNAPSHOT_END))
		return LIVE_UNREADABLE;
	return LIVE_OK;
}
