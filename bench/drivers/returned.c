/* SPDX-License-Identifier: Apache-2.0 */
/* returned: after a peak, what has the system got back? */
#include "driver.h"

#include "table.h"

#include <malloc.h>

/* Fills @bytes with small objects, or with large ones; returns the list. */
static void **grow(size_t bytes, int first, int last, uint64_t *nr)
{
	void **head = NULL;
	uint64_t state = seed_of(0);

	*nr = 0;
	for (size_t sum = 0; sum < bytes;) {
		size_t size = draw_size(&state, first, last);
		void **block = memset(touched(malloc(size)), 1, size);

		*block = head;
		head = block;
		sum += size;
		++*nr;
	}
	return head;
}

static void shrink(void **head)
{
	while (head) {
		void **next = *head;

		free(head);
		head = next;
	}
}

static double megabytes_since(uint64_t start_kb)
{
	uint64_t now_kb = driver_memory_kb();

	return now_kb > start_kb ? (now_kb - start_kb) / 1024.0 : 0;
}

/*
 * Half of @bytes in small objects and half in large ones. Prints MiB above
 * the start: at the peak, after the last free, and after malloc_trim().
 */
void drive_returned(uint64_t nr, uint64_t bytes)
{
	uint64_t start = driver_memory_kb();

	for (uint64_t i = 0; i < nr; i++) {
		uint64_t nr_small, nr_large;
		void **small = grow(bytes / 2, 4, 11, &nr_small);
		void **large = grow(bytes / 2, 14, 22, &nr_large);

		printf("peak %.1f\n", megabytes_since(start));
		shrink(small);
		shrink(large);
		printf("idle %.1f\n", megabytes_since(start));
		malloc_trim(0);
		printf("trimmed %.1f\n", megabytes_since(start));
	}
}
