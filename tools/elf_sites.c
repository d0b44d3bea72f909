/* SPDX-License-Identifier: Apache-2.0 */
/* elf_sites: calls in machine code; contract in elf_sites.h. */
#include "tools/elf_sites.h"

#include "tools/elf_code.h"
#include "tools/elf_file.h"
#include "tools/elf_place.h"
#include "tools/elf_targets.h"

#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <string.h>

struct walk {
	const struct elf_sites_user *user;
	Dwfl_Module *module;
	GElf_Addr bias; /* from the file's addresses to libdwfl's */
	struct elf_targets targets;
	struct elf_code code;
};

static void take_call(void *context, const struct elf_code *code,
		      const char *symbol, uint64_t address)
{
	struct walk *walk = context;
	struct elf_place place =
		elf_place_of(walk->module, address + walk->bias);
	struct elf_site site = {
		.symbol = symbol,
		.function = place.function,
		.file = place.file,
		.line = place.line,
		.column = place.column,
	};

	for (unsigned int i = 0; i < ELF_ARGUMENTS; i++)
		site.is_known[i] =
			elf_code_argument(code, i, &site.arguments[i]);
	walk->user->take(walk->user->context, &site);
}

static bool is_stub_section(Elf *elf, const GElf_Shdr *head)
{
	size_t names;
	const char *name;

	if (elf_getshdrstrndx(elf, &names))
		return false;
	name = elf_strptr(elf, names, head->sh_name);
	return name && !strncmp(name, ".plt", 4);
}

/* Stubs first: code elsewhere calls them. */
static const char *walk_code(struct walk *walk, Elf *elf, bool is_for_stubs)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr head;
		Elf_Data *data;

		if (!gelf_getshdr(section, &head))
			return elf_errmsg(-1);
		if (head.sh_type != SHT_PROGBITS ||
		    !(head.sh_flags & SHF_EXECINSTR) ||
		    is_stub_section(elf, &head) != is_for_stubs)
			continue;
		data = elf_getdata(section, NULL);
		if (!data || (!data->d_buf && data->d_size))
			return elf_errmsg(-1);
		if (is_for_stubs)
			elf_code_find_stubs(&walk->code, data->d_buf,
					    data->d_size, head.sh_addr);
		else
			elf_code_find_calls(&walk->code, data->d_buf,
					    data->d_size, head.sh_addr,
					    take_call, walk);
	}
	return NULL;
}

static bool needs_others(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr head;
	GElf_Dyn entry;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &head) ||
		    head.sh_type != SHT_DYNAMIC)
			continue;
		for (int i = 0;
		     gelf_getdyn(elf_getdata(section, NULL), i, &entry); i++) {
			if (entry.d_tag == DT_NEEDED)
				return true;
		}
	}
	return false;
}

static const char *walk_module(struct walk *walk, enum elf_kind *kind)
{
	Elf *elf = dwfl_module_getelf(walk->module, &walk->bias);
	const char *fault = NULL;
	GElf_Ehdr file;

	if (!elf || !gelf_getehdr(elf, &file))
		return "not an ELF file that can be read";
	if (file.e_machine != EM_X86_64 || gelf_getclass(elf) != ELFCLASS64)
		return "code of a machine that is not x86-64";
	*kind = file.e_type == ET_REL ? ELF_OBJECT
		: needs_others(elf)   ? ELF_DYNAMIC
				      : ELF_STATIC;
	if (elf_targets_init(&walk->targets, elf, walk->user) < 0)
		fault = elf_errmsg(-1);
	else if (walk->user->goes_on &&
		 !walk->user->goes_on(walk->user->context))
		goto fini_targets;
	else if (!elf_code_init(&walk->code, &walk->targets))
		fault = "capstone cannot read x86-64";
	if (!fault && !walk->targets.is_object)
		fault = walk_code(walk, elf, true);
	if (!fault && walk->targets.nr)
		fault = walk_code(walk, elf, false);
	elf_code_fini(&walk->code);
fini_targets:
	elf_targets_fini(&walk->targets);
	return fault;
}

const char *elf_sites_walk(const char *path, const struct elf_sites_user *user,
			   enum elf_kind *kind)
{
	struct walk walk = { .user = user };
	struct elf_file file;
	const char *fault = elf_file_open(&file, path);

	if (fault)
		return fault;
	walk.module = file.module;
	fault = walk_module(&walk, kind);
	elf_file_close(&file);
	return fault;
}
