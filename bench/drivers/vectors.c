/* SPDX-License-Identifier: Apache-2.0 */
/* vectors: arrays that grow by realloc, as lists of dynamic languages do. */
#include "driver.h"

#include "table.h"

#define NR_VECTORS 64

struct vector {
	char *bytes;
	size_t size;
};

/* By an eighth, as python3's lists, or to the double, as most others. */
static size_t next_size(uint64_t *state, size_t size)
{
	size_t more = draw(state) & 1 ? size : size / 8;

	return (size + more + 16) & ~15ul;
}

void drive_vectors(uint64_t nr, uint64_t most)
{
	static struct vector vectors[NR_VECTORS];
	uint64_t state = seed_of(0);

	for (uint64_t i = 0; i < nr; i++) {
		struct vector *v = &vectors[draw_below(&state, NR_VECTORS)];
		size_t size = next_size(&state, v->size);

		if (size > most) {
			free(v->bytes);
			*v = (struct vector){ 0 };
			continue;
		}
		v->bytes = realloc(v->bytes, size);
		memset(v->bytes + v->size, (int)i, size - v->size);
		v->size = size;
	}
	for (size_t i = 0; i < NR_VECTORS; i++)
		free(vectors[i].bytes);
}
