/* SPDX-License-Identifier: Apache-2.0 */
/*
 * twin: the heap's maps once more, as simple as they can be said.
 *
 * Promises:   what docs/partitions.md and the contracts of policy/ say, by
 *             loops and without tables; nothing is shared with the heap.
 */
#ifndef FUZZ_TWIN_H
#define FUZZ_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Usable bytes of a block asked for with @size at @align, a power of two, where
 * a slot ends in @canary bytes.
 */
size_t twin_usable(size_t size, size_t align, size_t canary);

/* 0 unknown, 1 data, 2 pointer: where a token leads in typed mode. */
int twin_domain(uint64_t token);

/* The numbers from which a fuzzer's operation chooses. */
#define TWIN_NR_TOKENS 24
#define TWIN_NR_SITES  8

uint64_t twin_token(unsigned int index);
uintptr_t twin_site(unsigned int index);

#endif /* FUZZ_TWIN_H */
