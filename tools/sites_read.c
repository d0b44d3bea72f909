/* SPDX-License-Identifier: Apache-2.0 */
/* sites_read: live objects by call site; contract in sites.h. */
#include "tools/sites.h"

#include "tools/heap_map.h"
#include "tools/must.h"
#include "tools/remote.h"

#include "heap/trace.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>

/* More records than a library of ours keeps. */
#define RECORDS_MAX (1ul << 24)

/* Records read at once. */
#define BATCH 1024ul

struct walk {
	struct sites *sites;
	struct heap_map map;
	struct region region;
	pid_t pid;
	/* The chunk record that was asked for last. */
	struct slab slab;
	size_t chunk;
};

static bool read_at(const struct walk *walk, const void *address, void *to,
		    size_t size)
{
	return !remote_read(walk->pid, (uintptr_t)address, to, size);
}

/* The record of the chunk that @block lies in; NULL: none. */
static const struct slab *find_slab(struct walk *walk, const void *block)
{
	const struct region *region = &walk->region;
	size_t offset = (uintptr_t)block - (uintptr_t)region->base;
	size_t chunk = offset >> CHUNK_SHIFT;

	if (offset >= region->reach)
		return NULL;
	if (chunk != walk->chunk) {
		walk->chunk = SIZE_MAX;
		if (!read_at(walk,
			     region->table + (chunk << CHUNK_RECORD_SHIFT),
			     &walk->slab, sizeof(walk->slab)))
			return NULL;
		walk->chunk = chunk;
	}
	return &walk->slab;
}

/* Whether the heap, too, says that a live object begins at @block. */
static bool is_live(const struct walk *walk, const struct slab *slab,
		    const void *block)
{
	size_t offset = slab_offset(slab, block);
	uint8_t state = slab->large_state;

	/* A record that was not taken back may be of another that lay here. */
	if (slab->kind == SLAB_LARGE)
		return state == SLOT_LIVE && !(offset % CHUNK_SIZE);
	if (slab->kind != SLAB_SMALL || !slab->size || offset % slab->size)
		return false;
	return read_at(walk, slab->states + offset / slab->size, &state, 1) &&
	       state == SLOT_LIVE;
}

static void count(struct site_sum *sum, const struct slab *slab)
{
	sum->objects++;
	sum->bytes += slab->size;
}

static void add_site(struct sites *sites, uintptr_t call,
		     const struct slab *slab)
{
	struct site *site;

	sites->list = must_room(sites->list, sites->nr, &sites->capacity,
				sizeof(*site));
	site = &sites->list[sites->nr++];
	*site = (struct site){ .call = call };
	count(&site->sum, slab);
	count(&sites->sum, slab);
}

static void take_record(struct walk *walk, const struct trace_record *record)
{
	const struct slab *slab;
	unsigned int row;

	if (!record->is_live || !record->block)
		return;
	slab = find_slab(walk, record->block);
	if (!slab || !is_live(walk, slab, record->block))
		return;
	row = layout_row_of_bin(&walk->map.heap,
				layout_bin_of_slab(&walk->map.heap, slab));
	if (row < walk->map.nr_rows &&
	    walk->map.names[row].domain == DOMAIN_UNKNOWN)
		add_site(walk->sites,
			 record->nr_allocated ? record->allocated.frames[0] : 0,
			 slab);
}

/* 0 or an errno. */
static int walk_records(struct walk *walk, const struct trace_table *table)
{
	struct trace_record *batch = must_alloc(BATCH, sizeof(*batch));
	int error = 0;

	for (size_t at = 0; at < table->nr && !error; at += BATCH) {
		size_t nr = table->nr - at < BATCH ? table->nr - at : BATCH;

		if (!read_at(walk, table->records + at, batch,
			     nr * sizeof(*batch)))
			error = errno;
		for (size_t i = 0; i < nr && !error; i++)
			take_record(walk, &batch[i]);
	}
	free(batch);
	return error;
}

static int by_call(const void *first, const void *second)
{
	const struct site *a = first, *b = second;

	return (a->call > b->call) - (a->call < b->call);
}

static int by_bytes(const void *first, const void *second)
{
	const struct site *a = first, *b = second;

	if (a->sum.bytes != b->sum.bytes)
		return a->sum.bytes < b->sum.bytes ? 1 : -1;
	return by_call(first, second);
}

static void settle(struct sites *sites)
{
	size_t kept = 0;

	if (!sites->nr)
		return;
	qsort(sites->list, sites->nr, sizeof(*sites->list), by_call);
	for (size_t i = 0; i < sites->nr; i++) {
		const struct site *site = &sites->list[i];

		if (kept && sites->list[kept - 1].call == site->call) {
			sites->list[kept - 1].sum.objects += site->sum.objects;
			sites->list[kept - 1].sum.bytes += site->sum.bytes;
		} else {
			sites->list[kept++] = *site;
		}
	}
	sites->nr = kept;
	qsort(sites->list, sites->nr, sizeof(*sites->list), by_bytes);
}

static int read_heap(struct walk *walk)
{
	const struct live_root *root = &walk->map.root;
	struct trace_table table;
	int error = 0;

	if (heap_map_read(&walk->map, walk->pid) < 0)
		return -1;
	if (!read_at(walk, root->trace, &table, sizeof(table)) ||
	    !read_at(walk, root->region, &walk->region, sizeof(walk->region)))
		error = errno;
	if (!error && !table.records) {
		warnx("%d: it keeps no record of who allocated what: start it "
		      "with TYPESLAB=trace=on",
		      (int)walk->pid);
		return -1;
	}
	if (!error && (table.nr > RECORDS_MAX ||
		       root->record_size != sizeof(struct trace_record)))
		error = EPROTO;
	if (!error)
		error = walk_records(walk, &table);
	if (error)
		remote_complain(walk->pid, error);
	return error ? -1 : 0;
}

int sites_read(struct sites *sites, pid_t pid)
{
	struct walk walk = { .sites = sites, .pid = pid, .chunk = SIZE_MAX };
	int status = read_heap(&walk);

	heap_map_fini(&walk.map);
	settle(sites);
	return status;
}

void sites_fini(struct sites *sites)
{
	free(sites->list);
}
