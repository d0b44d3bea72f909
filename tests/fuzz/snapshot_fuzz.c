/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_fuzz: any bytes as the text of a snapshot. */
#include "tests/fuzz/target.h"

#include "tools/snapshot_parse.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* It lies in a partition that the head has told of, or has a name instead. */
static bool has_place(const struct snapshot *of,
		      const struct snapshot_cache *cache)
{
	if (cache->domain == (enum domain)SNAPSHOT_NAMED)
		return is_printable(cache->name);
	return cache->domain < NR_DOMAINS &&
	       cache->partition < of->partitions[cache->domain];
}

/* What the parser promises of a text that it takes. */
static void check(const struct snapshot *got)
{
	uint64_t objects = 0, bytes = 0, more;

	for (size_t i = 0; i < got->nr_caches; i++) {
		const struct snapshot_cache *cache = &got->caches[i];

		if (!has_place(got, cache) ||
		    __builtin_mul_overflow(cache->live_objects,
					   cache->object_size, &more) ||
		    __builtin_add_overflow(bytes, more, &bytes) ||
		    __builtin_add_overflow(objects, cache->live_objects,
					   &objects))
			abort();
	}
	if (!is_printable(got->program))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text_fault fault = { 0 };
	struct snapshot got;

	if (snapshot_parse((const char *)data, size, &got, &fault)) {
		if (!fault.what || !fault.line || got.caches)
			abort();
		return 0;
	}
	check(&got);
	snapshot_fini(&got);
	return 0;
}
