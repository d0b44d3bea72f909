/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot: the heap's own counts, written as include/typeslab/snapshot.h says.
 *
 * Owns:       nothing; it reads what the other rooms keep.
 * Promises:   no allocation, no lock: counts of caches in use at the moment
 *             may be off by what other threads change meanwhile; when no
 *             other thread allocates they are exact.
 * Relies on:  live.h for the sums, os/ for the file.
 */
#ifndef HEAP_SNAPSHOT_H
#define HEAP_SNAPSHOT_H

/* Writes a snapshot of this process. */
void snapshot_write(int fd);

#endif /* HEAP_SNAPSHOT_H */
