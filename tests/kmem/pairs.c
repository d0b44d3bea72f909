/* SPDX-License-Identifier: Apache-2.0 */
/* pairs KIND NUMBER: so many allocations and frees of 48 bytes. */
#include "typeslab/slab.h"

#include <string.h>

struct thing {
	struct thing *next;
	long a[5];
};

int main(int argc, char **argv)
{
	struct kmem_cache *cache = KMEM_CACHE(thing, 0);
	long nr;

	if (argc != 3 || !cache)
		return 2;
	nr = atol(argv[2]);
	if (!strcmp(argv[1], "malloc"))
		for (long i = 0; i < nr; i++)
			free(malloc(sizeof(struct thing)));
	else if (!strcmp(argv[1], "cache"))
		for (long i = 0; i < nr; i++)
			kmem_cache_free(cache,
					kmem_cache_alloc(cache, GFP_KERNEL));
	else if (!strcmp(argv[1], "obj"))
		for (long i = 0; i < nr; i++)
			kfree(kmalloc_obj(struct thing));
	else
		return 2;
	return 0;
}
