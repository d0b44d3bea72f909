/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * token_hash: the compiler's token of a type's name.
 *
 * Owns:       nothing.
 * Promises:   what clang 22 computes in its default mode with 64-bit tokens:
 *             SipHash-2-4 of the name under LLVM's fixed key, scaled to one
 *             half of the range, the upper one for types with pointers.
 * Relies on:  LLVM's word that this hash is stable; a test asks the compiler.
 */
#ifndef POLICY_TOKEN_HASH_H
#define POLICY_TOKEN_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t token_hash(const char *name, size_t length, bool has_pointer);

/* The token the name would have if the type held pointers. */
uint64_t token_to_pointer(uint64_t data_token);

/* The half that a 64-bit token lies in. */
bool token_is_pointer(uint64_t token);

#endif /* POLICY_TOKEN_HASH_H */
