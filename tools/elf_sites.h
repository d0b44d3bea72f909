/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_sites: calls of certain functions in machine code.
 *
 * Owns:       what it needs of one ELF file while it walks it.
 * Promises:   every direct call or jump, and every call through the global
 *             offset table, to a function that the caller wants; with the
 *             constants that stand in the argument registers there, as far as
 *             a straight reading of the code tells.
 * Relies on:  libelf, libdw, capstone; x86-64.
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
	/* Asked behind all names: false, and no code is read. NULL: true. */
	bool (*goes_on)(void *context);
	void (*take)(void *context, const struct elf_site *site);
	void *context;
};

enum elf_kind {
	ELF_OBJECT,
	ELF_DYNAMIC, /* a program or a library that needs others */
	ELF_STATIC,  /* that has all in it, the C library too */
};

/*
 * NULL, or why @path cannot be read; *@kind is known before the first call of
 * the user's functions. If none of those that were asked for is wanted in what
 * is linked, it was built without, or is stripped.
 */
const char *elf_sites_walk(const char *path, const struct elf_sites_user *user,
			   enum elf_kind *kind);

#endif /* TOOLS_ELF_SITES_H */
