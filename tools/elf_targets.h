/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_targets: by which addresses code calls certain functions.
 *
 * Owns:       the sorted list of addresses.
 * Promises:   for a linked file: the functions themselves, their slots in the
 *             global offset table, their stubs in the procedure linkage table;
 *             for an object file: the places in its code that a relocation
 *             will fill in.
 * Relies on:  an Elf whose sections have addresses (libdwfl gives them to
 *             object files too).
 */
#ifndef TOOLS_ELF_TARGETS_H
#define TOOLS_ELF_TARGETS_H

#include "tools/elf_sites.h"

#include <libelf.h>

struct elf_target {
	uint64_t address;
	const char *symbol;
};

struct elf_targets {
	struct elf_target *list;
	size_t nr;
	size_t capacity;
	bool is_object;
};

/* 0, or -1: the file is damaged (elf_errmsg() says how). */
int elf_targets_init(struct elf_targets *targets, Elf *elf,
		     const struct elf_sites_user *user);

/* Adds a stub found in code; elf_targets_sort() is due afterwards. */
void elf_targets_add(struct elf_targets *targets, uint64_t address,
		     const char *symbol);

void elf_targets_sort(struct elf_targets *targets);

/* The symbol at an address in [first, first + length), or NULL. */
const char *elf_targets_find(const struct elf_targets *targets, uint64_t first,
			     uint64_t length);

void elf_targets_fini(struct elf_targets *targets);

#endif /* TOOLS_ELF_TARGETS_H */
