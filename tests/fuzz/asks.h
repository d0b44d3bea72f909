/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asks: operations of a fuzzer that ask the heap for something.
 *
 * Owns:       which bin was touched last; whether NULL is an answer now.
 * Promises:   each decodes its operands from the bytes, calls a door of
 *             libc/doors.h, and tells the model what came back. NULL without
 *             leave, or with a wrong errno, ends the program.
 */
#ifndef FUZZ_ASKS_H
#define FUZZ_ASKS_H

#include "tests/fuzz/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether there may be no memory for what comes; returns what was so. */
bool asks_allow_null(bool may);

/* The bin of the last block that was given or taken. */
uint32_t asks_last_bin(void);

/* Blocks asked for, resized and freed since this was last asked. */
uint64_t asks_count_calls(void);

size_t asks_take_size(struct bytes *bytes);

void asks_alloc(struct bytes *bytes);
void asks_alloc_aligned(struct bytes *bytes);
void asks_alloc_many(struct bytes *bytes);
void asks_realloc(struct bytes *bytes);
void asks_free(struct bytes *bytes);
void asks_free_sized(struct bytes *bytes);
void asks_free_many(struct bytes *bytes);
void asks_free_all(void);

/* Large buffers of few sizes, which come and go by turns; the last may stay. */
void asks_buffers(struct bytes *bytes);

/* What must be refused: too large, overflow, a bad alignment. */
void asks_impossible(struct bytes *bytes);

/* Blocks freed of late, for who wants to misuse them; NULL: none. */
const void *asks_freed(unsigned int index);

#endif /* FUZZ_ASKS_H */
