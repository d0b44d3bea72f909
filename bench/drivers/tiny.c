/* SPDX-License-Identifier: Apache-2.0 */
/* tiny: as many live objects of 16 bytes as @nr_live; each holds the next. */
#include "driver.h"

#include "table.h"

/* @nr times all of them are born and die. */
void drive_tiny(uint64_t nr, uint64_t nr_live)
{
	for (uint64_t round = 0; round < nr; round++) {
		void **head = NULL;

		for (uint64_t i = 0; i < nr_live; i++) {
			void **p = touched(malloc(16));

			p[0] = head;
			head = p;
		}
		printf("peak %.1f\n", driver_memory_kb() / 1024.0);
		while (head) {
			void **next = head[0];

			free(head);
			head = next;
		}
		printf("idle %.1f\n", driver_memory_kb() / 1024.0);
	}
}
