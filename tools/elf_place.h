/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_place: the source line of an address in a module of libdwfl.
 *
 * Owns:       nothing; names belong to the module.
 * Promises:   finds what libdw finds, and also where no .debug_aranges is:
 *             clang writes none, and elfutils 0.188 asks for it.
 * Relies on:  libdw.
 */
#ifndef TOOLS_ELF_PLACE_H
#define TOOLS_ELF_PLACE_H

#include <elfutils/libdwfl.h>

struct elf_place {
	const char *function; /* "" if stripped */
	const char *file;     /* "" without debug information */
	unsigned int line;
	unsigned int column;
};

struct elf_place elf_place_of(Dwfl_Module *module, Dwarf_Addr address);

#endif /* TOOLS_ELF_PLACE_H */
