/* SPDX-License-Identifier: Apache-2.0 */
/* crowd: more threads at once than the arena has room for. */
#ifndef UNIT_CROWD_H
#define UNIT_CROWD_H

#include "heap/heap.h"
#include "tests/unit/unit.h"

#include <pthread.h>
#include <unistd.h>

#define NR_CROWD 64

/* Each of them waits here when it begins and before it ends. */
static pthread_barrier_t crowd_here;

/*
 * Of the arena little is left. @live gives NULL where it had no bins: that many
 * are returned, which must be most.
 */
static inline unsigned int crowd(void *(*live)(void *))
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	pthread_t threads[NR_CROWD];
	unsigned int nr_without = 0;
	void *bins;

	layout.arena.size =
		(layout.arena.next + (256ul << 10)) / 15 * 16 / page * page;
	pthread_barrier_init(&crowd_here, NULL, NR_CROWD);
	for (int i = 0; i < NR_CROWD; i++)
		unit_must(!pthread_create(&threads[i], NULL, live, NULL));
	for (int i = 0; i < NR_CROWD; i++) {
		pthread_join(threads[i], &bins);
		nr_without += !bins;
	}
	unit_must(nr_without > NR_CROWD / 2);
	return nr_without;
}

#endif /* UNIT_CROWD_H */
