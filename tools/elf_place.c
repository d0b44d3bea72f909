/* SPDX-License-Identifier: Apache-2.0 */
/* elf_place: lines of addresses; contract in elf_place.h. */
#include "tools/elf_place.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

/* The unit whose ranges hold @address. */
static Dwarf_Line *find_in_units(Dwfl_Module *module, Dwarf_Addr address)
{
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	while ((unit = dwfl_module_nextcu(module, unit, &bias))) {
		if (dwarf_haspc(unit, address - bias) > 0)
			return dwarf_getsrc_die(unit, address - bias);
	}
	return NULL;
}

static void take_line(struct elf_place *place, const char *file, int line,
		      int column)
{
	if (file)
		place->file = file;
	place->line = line > 0 ? line : 0;
	place->column = column > 0 ? column : 0;
}

struct elf_place elf_place_of(Dwfl_Module *module, Dwarf_Addr address)
{
	struct elf_place place = { .function = "", .file = "" };
	const char *function = dwfl_module_addrname(module, address);
	Dwfl_Line *found = dwfl_module_getsrc(module, address);
	Dwarf_Line *line;
	int number = 0, column = 0;

	if (function)
		place.function = function;
	if (found) {
		const char *file = dwfl_lineinfo(found, NULL, &number, &column,
						 NULL, NULL);

		take_line(&place, file, number, column);
		return place;
	}
	line = find_in_units(module, address);
	if (line) {
		dwarf_lineno(line, &number);
		dwarf_linecol(line, &column);
		take_line(&place, dwarf_linesrc(line, NULL, NULL), number,
			  column);
	}
	return place;
}
