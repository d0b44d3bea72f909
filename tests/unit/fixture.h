/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixture: a small region and slabs in it, without a heap.
 *
 * Promises:   fixture_begin(), the setup of a group of tests, forgets all that
 *             was and begins a new region.
 */
#ifndef UNIT_FIXTURE_H
#define UNIT_FIXTURE_H

#include "slab/slab.h"

#include <stddef.h>
#include <stdint.h>

#define FIXTURE_TAG lock_tag(1, 1)

/*
 * os_init(), and pages as large as TYPESLAB says: for tests of rooms below the
 * heap, which reads its options itself.
 */
void fixture_init_os(void);

int fixture_begin(void **state);

/* Committed chunks in a row; the same extent serves until it is used up. */
char *fixture_chunks(size_t span);

/* A slab of the class, initialised, in fresh chunks. */
struct slab *fixture_slab(unsigned int class, uint32_t bin);

#endif /* UNIT_FIXTURE_H */
