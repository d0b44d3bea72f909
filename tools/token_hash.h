/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token_hash: the compiler's token of a type's name.
 *
 * Owns:       nothing.
 * Promises:   what clang 22 computes in its default mode with 64-bit tokens:
 *             SipHash-2-4 of the name under LLVM's fixed key, scaled to one
 *             half of the range, the upper one for types with pointers.
 * Relies on:  LLVM's word that this hash is stable; a test asks the compiler.
 */
#ifndef TOOLS_TOKEN_HASH_H
#define TOOLS_TOKEN_HASH_H

#include <stdbool.h>
#include <stdint.h>

uint64_t token_hash(const char *name, bool has_pointer);

/* The half that a 64-bit token lies in. */
bool token_is_pointer(uint64_t token);

#endif /* TOOLS_TOKEN_HASH_H */
