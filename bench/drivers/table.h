/* SPDX-License-Identifier: Apache-2.0 */
/* table: the workloads that table.c lists; see each file's head. */
#ifndef BENCH_DRIVERS_TABLE_H
#define BENCH_DRIVERS_TABLE_H

#include <stdint.h>

void drive_pair(uint64_t nr, uint64_t size);
void drive_nothing(uint64_t nr, uint64_t unused);
void drive_wrapped(uint64_t nr, uint64_t token);
void drive_batch(uint64_t nr, uint64_t size);
void drive_requests(uint64_t nr, uint64_t nr_threads);
void drive_lifo(uint64_t nr, uint64_t most);
void drive_fifo(uint64_t nr, uint64_t length);
void drive_live(uint64_t nr, uint64_t nr_live);
void drive_vectors(uint64_t nr, uint64_t most);
void drive_aligned(uint64_t nr, uint64_t nr_live);
void drive_large(uint64_t nr, uint64_t nr_live);
void drive_remote(uint64_t nr, uint64_t unused);
void drive_dying(uint64_t nr, uint64_t per_thread);
void drive_sessions(uint64_t nr, uint64_t nr_threads);
void drive_peak(uint64_t nr, uint64_t nr_peak);
void drive_forks(uint64_t nr, uint64_t nr_heap);
void drive_threads(uint64_t nr, uint64_t nr_threads);
void drive_returned(uint64_t nr, uint64_t bytes);
void drive_fill(uint64_t nr, uint64_t bytes);
void drive_handed(uint64_t nr, uint64_t bytes);
void drive_tiny(uint64_t nr, uint64_t nr_live);

/* In a library of its own, so that a call costs what one of malloc costs. */
void *nothing_malloc(void *block);
void nothing_free(void *block);

#endif /* BENCH_DRIVERS_TABLE_H */
