/* SPDX-License-Identifier: Apache-2.0 */
#include "early.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *block;
static int status = -1;

bool early_use_heap(void)
{
	static const size_t sizes[] = { 1, 40, 1000, 20000, 300000, 5000000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned char *p = malloc(sizes[i]);
		unsigned char *zero = calloc(1, sizes[i]);
		void *aligned = aligned_alloc(256, sizes[i]);

		if (!p || !zero || !aligned || zero[sizes[i] - 1])
			return false;
		memset(p, 1, sizes[i]);
		p = realloc(p, 2 * sizes[i]);
		if (!p || p[sizes[i] - 1] != 1)
			return false;
		free(p);
		free(zero);
		free(aligned);
	}
	return true;
}

char *early_block(void)
{
	char *answer = block;

	block = NULL;
	return answer;
}

void early_leave_with(int answer)
{
	status = answer;
}

static __attribute__((constructor(101))) void set_up(void)
{
	if (early_use_heap())
		block = strdup(EARLY_TEXT);
}

static __attribute__((destructor(101))) void take_down(void)
{
	free(block);
	if (status >= 0)
		_exit(early_use_heap() ? status : 2);
}
