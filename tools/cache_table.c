/* SPDX-License-Identifier: Apache-2.0 */
/* cache_table: a heap's caches, sorted; contract in cache_table.h. */
#include "tools/cache_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Lines above the first cache. */
#define HEAD_LINES 4

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* What has a name of its own is told by that. */
static const char *domain_of(const struct snapshot_cache *cache)
{
	return cache->name[0] ? cache->name : domain_name(cache->domain);
}

/* Domain, partition, slot size: the order of the names. */
static int compare_names(const void *left, const void *right)
{
	const struct snapshot_cache *a = left, *b = right;

	if (a->domain != b->domain)
		return strcmp(domain_of(a), domain_of(b));
	if (a->partition != b->partition)
		return compare_numbers(a->partition, b->partition);
	if (a->is_large != b->is_large)
		return a->is_large ? 1 : -1;
	return compare_numbers(a->object_size, b->object_size);
}

/* The most first, and by name where two are equal. */
static int most_first(uint64_t left, uint64_t right, const void *a,
		      const void *b)
{
	int order = compare_numbers(right, left);

	return order ? order : compare_names(a, b);
}

static int compare_active(const void *left, const void *right)
{
	const struct snapshot_cache *a = left, *b = right;

	return most_first(a->live_objects, b->live_objects, a, b);
}

static uint64_t bytes_of(const struct snapshot_cache *cache)
{
	return cache->live_objects * cache->object_size;
}

static int compare_bytes(const void *left, const void *right)
{
	return most_first(bytes_of(left), bytes_of(right), left, right);
}

static int compare_slabs(const void *left, const void *right)
{
	const struct snapshot_cache *a = left, *b = right;

	return most_first(a->slabs, b->slabs, a, b);
}

const struct table_key table_keys[] = {
	{ "bytes", 'b', compare_bytes },
	{ "active", 'a', compare_active },
	{ "slabs", 's', compare_slabs },
	{ "name", 'n', compare_names },
	{ 0 },
};

static void draw_head(const struct snapshot *snapshot, FILE *to)
{
	uint64_t objects[SNAPSHOT_NAMED + 1] = { 0 };
	uint64_t bytes = 0, all = 0;

	for (size_t i = 0; i < snapshot->nr_caches; i++) {
		const struct snapshot_cache *cache = &snapshot->caches[i];

		objects[cache->domain] += cache->live_objects;
		all += cache->live_objects;
		bytes += bytes_of(cache);
	}
	fprintf(to, "%s (%" PRIu64 "): mode %s\n", snapshot->program,
		snapshot->pid, snapshot->mode);
	fprintf(to, "%" PRIu64 " live objects (", all);
	for (int i = 0; i < NR_DOMAINS; i++)
		fprintf(to, "%s%s %" PRIu64, i ? ", " : "",
			domain_name(snapshot_order[i]),
			objects[snapshot_order[i]]);
	fprintf(to, "), %" PRIu64 " bytes\n\n", bytes);
}

/*
 * In percent. More objects than room for them is what a live heap can show for
 * a moment, and a forged text for ever.
 */
static unsigned int use_of(const struct snapshot_cache *cache)
{
	if (!cache->live_objects)
		return 0;
	if (cache->live_objects >= cache->objects)
		return 100;
	return 100.0 * cache->live_objects / cache->objects;
}

static void draw_cache(const struct snapshot_cache *cache, FILE *to)
{
	char size[24] = "large", name[SNAPSHOT_NAME_SIZE];

	if (!cache->is_large)
		snprintf(size, sizeof(size), "%" PRIu64, cache->object_size);
	if (cache->name[0])
		snprintf(name, sizeof(name), "%s", cache->name);
	else
		snprintf(name, sizeof(name), "%s-%02u-%s",
			 domain_name(cache->domain), cache->partition, size);
	fprintf(to,
		"%9" PRIu64 " %9" PRIu64 " %3u%% %9" PRIu64 " %7" PRIu64
		" %12" PRIu64 "  %s\n",
		cache->objects, cache->live_objects, use_of(cache),
		cache->object_size, cache->slabs, bytes_of(cache), name);
}

const struct table_key *table_find_key(const char *name)
{
	for (const struct table_key *key = table_keys; key->name; key++) {
		if (!strcmp(key->name, name))
			return key;
	}
	return NULL;
}

const struct table_key *table_find_letter(int letter)
{
	for (const struct table_key *key = table_keys; key->name; key++) {
		if (key->letter == letter)
			return key;
	}
	return NULL;
}

void table_draw(struct snapshot *snapshot, const struct table_key *key,
		unsigned int lines, FILE *to)
{
	size_t nr = snapshot->nr_caches;

	if (nr)
		qsort(snapshot->caches, nr, sizeof(snapshot->caches[0]),
		      key->compare);
	draw_head(snapshot, to);
	fprintf(to, "%9s %9s %4s %9s %7s %12s  %s\n", "OBJS", "ACTIVE", "USE",
		"OBJ SIZE", "SLABS", "LIVE BYTES", "NAME");
	if (lines && nr + HEAD_LINES > lines)
		nr = lines > HEAD_LINES ? lines - HEAD_LINES : 0;
	for (size_t i = 0; i < nr; i++)
		draw_cache(&snapshot->caches[i], to);
}
