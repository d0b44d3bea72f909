/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_sites: calls of certain functions in machine code.
 *
 * Owns:       what it needs of one ELF file while it walks it.
 * Promises:   every direct call or jump, and every call through the global
 *             offset table, to a function that the caller wants; with the
 *             constants that stand in the argument registers there, as far as
 *             a straight reading of the code tells.
 * Relies on:  libelf, libdw, capstone; x86-64 and aarch64.
 * Invariant:  the file is only read; one that changes meanwhile gives errors.
 */
#ifndef TOOLS_ELF_SITES_H
#define TOOLS_ELF_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_ARGUMENTS 6

struct elf_site {
	const char *symbol;   /* what is called */
	const char *function; /* where, "" if stripped */
	const char *file;     /* "" without debug information */
	unsigned int line;
	unsigned int column;
	bool is_known[ELF_ARGUMENTS]; /* the argument is a constant */
	uint64_t arguments[ELF_ARGUMENTS];
};

struct elf_sites_user {
	bool (*wants)(void *context, const char *symbol);
	void (*take)(void *context, const struct elf_site *site);
	void *context;
};

/*
 * NULL, or why @path cannot be read. *@has_none: a linked file in which no
 * function that is wanted has a name; it was built without, or is stripped.
 */
const char *elf_sites_walk(const char *path, const struct elf_sites_user *user,
			   bool *has_none);

#endif /* TOOLS_ELF_SITES_H */
