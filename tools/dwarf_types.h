/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dwarf_types: the types of a program, and what of a pointer they hold.
 *
 * Owns:       the list, until dwarf_types_fini().
 * Promises:   each name once, as clang spells it where it hashes types: tags
 *             without "struct", typedefs of what has no tag, pointers with
 *             their qualifiers. Template arguments are spelled by DWARF, which
 *             clang's names leave out in part: such types are not found.
 * Relies on:  libdw.
 * Invariant:  a name that stands for several types holds what any of them does.
 */
#ifndef TOOLS_DWARF_TYPES_H
#define TOOLS_DWARF_TYPES_H

#include <stddef.h>

/* Reasons for which a type can lead to memory. */
enum {
	HOLDS_POINTER = 1,
	HOLDS_REFERENCE = 2,
	HOLDS_MEMBER_POINTER = 4,
	HOLDS_ATOMIC_POINTER = 8,
	HOLDS_HANDLE = 16, /* uintptr_t, intptr_t */
};

struct dwarf_type {
	const char *name;
	unsigned int holds;
	const char *member; /* the first that does, of what is no pointer */
};

struct dwarf_types {
	struct dwarf_type *list;
	size_t nr;
	size_t capacity;
};

/* NULL, or why the types of @path cannot be read. Sorted by name. */
const char *dwarf_types_read(struct dwarf_types *types, const char *path);

/* "a reference" */
const char *dwarf_types_word(unsigned int holds);

void dwarf_types_fini(struct dwarf_types *types);

#endif /* TOOLS_DWARF_TYPES_H */
