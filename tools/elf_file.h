/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_file: one ELF file, opened by libdwfl.
 *
 * Owns:       the Dwfl, until elf_file_close().
 * Promises:   object files are laid out and relocated, as far as their debug
 *             information needs it; what is no regular file, or was cut, is
 *             refused.
 * Relies on:  libdw.
 */
#ifndef TOOLS_ELF_FILE_H
#define TOOLS_ELF_FILE_H

#include <elfutils/libdwfl.h>

struct elf_file {
	Dwfl *dwfl;
	Dwfl_Module *module;
};

/* NULL, or why @path cannot be opened; then there is nothing to close. */
const char *elf_file_open(struct elf_file *file, const char *path);

/*
 * Why libdw sees none of the debug information that @path has: libelf does not
 * know how it is compressed. NULL: it sees it, or there is none.
 */
const char *elf_file_unread(const char *path);

void elf_file_close(struct elf_file *file);

#endif /* TOOLS_ELF_FILE_H */
