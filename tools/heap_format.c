/* SPDX-License-Identifier: Apache-2.0 */
/* heap_format: counts for programs; contract in heap_format.h. */
#include "tools/heap_format.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

int heap_format_of(const char *name)
{
	static const char *const names[] = {
		[HEAP_DRAWING] = "text",
		[HEAP_JSON] = "json",
		[HEAP_OPENMETRICS] = "openmetrics",
	};

	for (int i = HEAP_DRAWING; i <= HEAP_OPENMETRICS; i++) {
		if (!strcmp(name, names[i]))
			return i;
	}
	return -1;
}

static bool is_named(const struct snapshot_cache *cache)
{
	return cache->domain == SNAPSHOT_NAMED;
}

static uint64_t bytes_of(const struct snapshot_cache *cache)
{
	return cache->live_objects * cache->object_size;
}

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *json_of_cache(const struct snapshot_cache *cache)
{
	json_t *object = json_object();

	if (is_named(cache)) {
		json_object_set_new(object, "name", json_string(cache->name));
	} else {
		json_object_set_new(object, "domain",
				    json_string(domain_name(cache->domain)));
		json_object_set_new(object, "partition",
				    number(cache->partition));
	}
	json_object_set_new(object, "large", json_boolean(cache->is_large));
	json_object_set_new(object, "object_size", number(cache->object_size));
	json_object_set_new(object, "live_objects",
			    number(cache->live_objects));
	json_object_set_new(object, "live_bytes", number(bytes_of(cache)));
	json_object_set_new(object, "objects", number(cache->objects));
	json_object_set_new(object, "slabs", number(cache->slabs));
	json_object_set_new(object, "pages_per_slab",
			    number(cache->pages_per_slab));
	return object;
}

static int print_json(const struct snapshot *snapshot, FILE *to)
{
	json_t *root = json_object(), *partitions = json_object();
	json_t *allocations = json_object(), *caches = json_array();
	int status;

	for (int i = 0; i < NR_DOMAINS; i++) {
		enum domain domain = snapshot_order[i];

		json_object_set_new(partitions, domain_name(domain),
				    number(snapshot->partitions[domain]));
		json_object_set_new(allocations, domain_name(domain),
				    number(snapshot->allocations[domain]));
	}
	for (size_t i = 0; i < snapshot->nr_caches; i++)
		json_array_append_new(caches,
				      json_of_cache(&snapshot->caches[i]));
	json_object_set_new(root, "program", json_string(snapshot->program));
	json_object_set_new(root, "pid", number(snapshot->pid));
	json_object_set_new(root, "mode", json_string(snapshot->mode));
	json_object_set_new(root, "partitions", partitions);
	json_object_set_new(root, "allocations", allocations);
	json_object_set_new(root, "caches", caches);
	status = json_dumpf(root, to, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	fputc('\n', to);
	json_decref(root);
	return status;
}

/* What is counted of each cache. */
struct metric {
	const char *name;
	const char *help;
	uint64_t (*value)(const struct snapshot_cache *cache);
};

static uint64_t live_of(const struct snapshot_cache *cache)
{
	return cache->live_objects;
}

static uint64_t room_of(const struct snapshot_cache *cache)
{
	return cache->objects;
}

static uint64_t slabs_of(const struct snapshot_cache *cache)
{
	return cache->slabs;
}

static const struct metric metrics[] = {
	{ "typeslab_live_objects", "Objects in use.", live_of },
	{ "typeslab_live_bytes", "Bytes of their slots.", bytes_of },
	{ "typeslab_slots", "Room for objects, those in use included.",
	  room_of },
	{ "typeslab_slabs", "Slabs, or large objects.", slabs_of },
};

static void print_quoted(const char *text, FILE *to)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void print_subject(const char *name, const struct snapshot *snapshot,
			  FILE *to)
{
	fprintf(to, "%s{program=", name);
	print_quoted(snapshot->program, to);
	fprintf(to, ",pid=\"%" PRIu64 "\"", snapshot->pid);
}

static void print_sample(const struct metric *metric,
			 const struct snapshot *snapshot,
			 const struct snapshot_cache *cache, uint64_t value,
			 FILE *to)
{
	print_subject(metric->name, snapshot, to);
	if (is_named(cache)) {
		fputs(",cache=", to);
		print_quoted(cache->name, to);
	} else {
		fprintf(to, ",domain=\"%s\",partition=\"%02u\"",
			domain_name(cache->domain), cache->partition);
	}
	if (cache->is_large)
		fputs(",size=\"large\"", to);
	else
		fprintf(to, ",size=\"%" PRIu64 "\"", cache->object_size);
	fprintf(to, "} %" PRIu64 "\n", value);
}

static bool is_same_series(const struct snapshot_cache *a,
			   const struct snapshot_cache *b)
{
	if (a->domain != b->domain || a->is_large != b->is_large ||
	    (!a->is_large && a->object_size != b->object_size))
		return false;
	return is_named(a) ? !strcmp(a->name, b->name)
			   : a->partition == b->partition;
}

/*
 * Names are the program's to choose: two caches may have one, and a series is
 * to be told once. False: an earlier cache told it.
 */
static bool sum_series(const struct metric *metric,
		       const struct snapshot *snapshot, size_t at,
		       uint64_t *sum)
{
	const struct snapshot_cache *caches = snapshot->caches;

	*sum = metric->value(&caches[at]);
	for (size_t i = 0; i < snapshot->nr_caches; i++) {
		if (i == at || !is_same_series(&caches[i], &caches[at]))
			continue;
		if (i < at)
			return false;
		*sum += metric->value(&caches[i]);
	}
	return true;
}

static void print_openmetrics(const struct snapshot *snapshot, FILE *to)
{
	uint64_t sum;

	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
		fprintf(to, "# TYPE %s gauge\n# HELP %s %s\n", metrics[i].name,
			metrics[i].name, metrics[i].help);
		for (size_t j = 0; j < snapshot->nr_caches; j++) {
			if (sum_series(&metrics[i], snapshot, j, &sum))
				print_sample(&metrics[i], snapshot,
					     &snapshot->caches[j], sum, to);
		}
	}
	fputs("# TYPE typeslab_allocations counter\n"
	      "# HELP typeslab_allocations Allocations ever made.\n",
	      to);
	for (int i = 0; i < NR_DOMAINS; i++) {
		enum domain domain = snapshot_order[i];

		print_subject("typeslab_allocations_total", snapshot, to);
		fprintf(to, ",domain=\"%s\"} %" PRIu64 "\n",
			domain_name(domain), snapshot->allocations[domain]);
	}
	fputs("# EOF\n", to);
}

int heap_format_print(enum heap_format format, const struct snapshot *snapshot,
		      FILE *to)
{
	if (format == HEAP_JSON)
		return print_json(snapshot, to);
	print_openmetrics(snapshot, to);
	return 0;
}
