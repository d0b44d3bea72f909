/* SPDX-License-Identifier: Apache-2.0 */
/* elf_targets: addresses that stand for functions; see elf_targets.h. */
#include "tools/elf_targets.h"

#include "tools/must.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

void elf_targets_add(struct elf_targets *targets, uint64_t address,
		     const char *symbol)
{
	targets->list = must_room(targets->list, targets->nr,
				  &targets->capacity, sizeof(*targets->list));
	targets->list[targets->nr++] =
		(struct elf_target){ address, must_keep_string(symbol) };
}

/* Functions that the file itself defines. */
static void add_symbols(struct elf_targets *targets, Elf *elf, Elf_Scn *section,
			const GElf_Shdr *head,
			const struct elf_sites_user *user)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t nr = head->sh_entsize ? head->sh_size / head->sh_entsize : 0;

	for (size_t i = 0; data && i < nr; i++) {
		GElf_Sym symbol;
		const char *name;

		if (!gelf_getsym(data, i, &symbol))
			return;
		if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
		    symbol.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(elf, head->sh_link, symbol.st_name);
		if (name && !targets->is_object &&
		    user->wants(user->context, name))
			elf_targets_add(targets, symbol.st_value, name);
	}
}

/* The name of the symbol a relocation speaks of. */
static const char *name_of_symbol(Elf *elf, size_t table, size_t index)
{
	Elf_Scn *section = elf_getscn(elf, table);
	GElf_Shdr head;
	GElf_Sym symbol;

	if (!section || !gelf_getshdr(section, &head) ||
	    !gelf_getsym(elf_getdata(section, NULL), index, &symbol))
		return NULL;
	return elf_strptr(elf, head.sh_link, symbol.st_name);
}

static bool is_slot(const GElf_Rela *relocation)
{
	unsigned int type = GELF_R_TYPE(relocation->r_info);

	return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
}

static void add_relocations(struct elf_targets *targets, Elf *elf,
			    Elf_Scn *section, const GElf_Shdr *head,
			    const struct elf_sites_user *user)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t nr = head->sh_entsize ? head->sh_size / head->sh_entsize : 0;
	uint64_t base = 0;
	GElf_Shdr code;

	if (targets->is_object) {
		Elf_Scn *filled = elf_getscn(elf, head->sh_info);

		if (!filled || !gelf_getshdr(filled, &code) ||
		    !(code.sh_flags & SHF_EXECINSTR))
			return;
		base = code.sh_addr;
	}
	for (size_t i = 0; data && i < nr; i++) {
		GElf_Rela relocation;
		const char *name;

		if (!gelf_getrela(data, i, &relocation))
			return;
		/* A variable that begins as an address may become another. */
		if (!targets->is_object && !is_slot(&relocation))
			continue;
		name = name_of_symbol(elf, head->sh_link,
				      GELF_R_SYM(relocation.r_info));
		if (name && user->wants(user->context, name))
			elf_targets_add(targets, base + relocation.r_offset,
					name);
	}
}

int elf_targets_init(struct elf_targets *targets, Elf *elf,
		     const struct elf_sites_user *user)
{
	Elf_Scn *section = NULL;
	GElf_Ehdr file;

	*targets = (struct elf_targets){ 0 };
	if (!gelf_getehdr(elf, &file))
		return -1;
	targets->is_object = file.e_type == ET_REL;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr head;

		if (!gelf_getshdr(section, &head))
			return -1;
		if (head.sh_type == SHT_SYMTAB || head.sh_type == SHT_DYNSYM)
			add_symbols(targets, elf, section, &head, user);
		else if (head.sh_type == SHT_RELA)
			add_relocations(targets, elf, section, &head, user);
	}
	elf_targets_sort(targets);
	return 0;
}

static int compare(const void *first, const void *second)
{
	const struct elf_target *a = first, *b = second;
	size_t n, m;

	if (a->address != b->address)
		return a->address > b->address ? 1 : -1;
	/* Of two names the shorter is the one that programs write. */
	n = strlen(a->symbol);
	m = strlen(b->symbol);
	return n == m ? strcmp(a->symbol, b->symbol) : (n > m) - (n < m);
}

void elf_targets_sort(struct elf_targets *targets)
{
	if (targets->nr)
		qsort(targets->list, targets->nr, sizeof(*targets->list),
		      compare);
}

const char *elf_targets_find(const struct elf_targets *targets, uint64_t first,
			     uint64_t length)
{
	size_t low = 0, high = targets->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (targets->list[middle].address < first)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < targets->nr && targets->list[low].address - first < length)
		return targets->list[low].symbol;
	return NULL;
}

void elf_targets_fini(struct elf_targets *targets)
{
	free(targets->list);
}
