/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_name: a type as clang spells it where it hashes types, out of GCC's
 * trees.
 *
 * Owns:       nothing.
 * Promises:   the same name, and the same answer to whether a pointer lies
 *             within, as clang 22 gives the same C type. An empty name: clang
 *             would not say, or its spelling cannot be had from a tree
 *             (arrays of variable length, incomplete structs).
 * Relies on:  gcc-plugin.h, tree.h and c-tree.h, included before.
 */
#ifndef GCC_TYPE_NAME_H
#define GCC_TYPE_NAME_H

#include <string>

std::string type_name(tree type);

/* An atomic pointer is none, uintptr_t is one: as clang has it. */
bool type_holds_pointer(tree type);

#endif /* GCC_TYPE_NAME_H */
