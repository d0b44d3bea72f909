/* SPDX-License-Identifier: Apache-2.0 */
/* chain: see chain.h. */
#include "chain.h"

#include "stress.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILLING 0x5a

size_t chain_take(struct chain **chain, size_t size, size_t most)
{
	size_t nr;

	for (nr = 0; nr < most; nr++) {
		struct chain *block;

		errno = 0;
		block = malloc(size);
		if (!block) {
			if (errno != ENOMEM)
				stress_fail("NULL with errno %d", errno);
			break;
		}
		memset(block, FILLING, size);
		block->next = *chain;
		block->size = size;
		*chain = block;
	}
	return nr;
}

void chain_give(struct chain **chain)
{
	while (*chain) {
		struct chain *block = *chain;
		const unsigned char *byte = (void *)block;

		*chain = block->next;
		for (size_t i = sizeof(*block); i < block->size; i += 509)
			if (byte[i] != FILLING)
				stress_fail("byte %zu of %zu lost", i,
					    block->size);
		free(block);
	}
}

void chain_exhaust(size_t size, size_t most, size_t least,
		   void (*when_none)(void))
{
	struct chain *chain = NULL;
	size_t first = chain_take(&chain, size, most);
	size_t again;

	if (first == most)
		stress_fail("no limit at all");
	if (when_none)
		when_none();
	chain_give(&chain);
	if (first * size < least)
		stress_fail("only %zu blocks of %zu", first, size);
	malloc_trim(0);
	again = chain_take(&chain, size, most);
	chain_give(&chain);
	malloc_trim(0);
	if (again < first - first / 8)
		stress_fail("%zu blocks of %zu, then %zu", first, size, again);
	printf("blocks of %zu: %zu, then %zu\n", size, first, again);
}
