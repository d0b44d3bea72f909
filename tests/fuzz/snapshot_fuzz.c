/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_fuzz: any bytes as the text of a snapshot. */
#include "tests/fuzz/target.h"

#include "tools/snapshot_parse.h"

#include <stdlib.h>
#include <string.h>

/* What the parser promises of a text that it takes. */
static void check(const struct snapshot *got)
{
	uint64_t objects = 0, bytes = 0, more;

	for (size_t i = 0; i < got->nr_caches; i++) {
		const struct snapshot_cache *cache = &got->caches[i];

		if (cache->domain >= NR_DOMAINS ||
		    cache->partition >= got->partitions[cache->domain] ||
		    __builtin_mul_overflow(cache->live_objects,
					   cache->object_size, &more) ||
		    __builtin_add_overflow(bytes, more, &bytes) ||
		    __builtin_add_overflow(objects, cache->live_objects,
					   &objects))
			abort();
	}
	for (const char *c = got->program; *c; c++)
		if (*c < ' ' || *c > '~')
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
