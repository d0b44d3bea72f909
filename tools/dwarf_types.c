/* SPDX-License-Identifier: Apache-2.0 */
/* dwarf_types: types out of debug information; see dwarf_types.h. */
#include "tools/dwarf_types.h"

#include "tools/elf_file.h"
#include "tools/must.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

/* Types in types; a list in a list in a list is as deep as it gets. */
#define MOST_DEPTH 12

static bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, DW_AT_type, &attribute) &&
	       dwarf_formref_die(&attribute, type);
}

static unsigned int holds_of(Dwarf_Die *die, int depth, const char **member);

/* What the members hold; the first that is no plain pointer is named. */
static unsigned int members_hold(Dwarf_Die *die, int depth, const char **member)
{
	unsigned int all = 0;
	Dwarf_Die child, type;

	if (dwarf_child(die, &child))
		return 0;
	do {
		int tag = dwarf_tag(&child);
		const char *name = dwarf_diename(&child);
		unsigned int holds;

		if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
		    dwarf_hasattr(&child, DW_AT_external) ||
		    !type_of(&child, &type))
			continue;
		holds = holds_of(&type, depth + 1, member);
		if (holds & ~HOLDS_POINTER && !*member && name)
			*member = must_keep_string(name);
		all |= holds;
	} while (!dwarf_siblingof(&child, &child));
	return all;
}

static bool is_handle(Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	return name &&
	       (!strcmp(name, "uintptr_t") || !strcmp(name, "intptr_t"));
}

static unsigned int holds_of(Dwarf_Die *die, int depth, const char **member)
{
	Dwarf_Die type;

	if (depth > MOST_DEPTH)
		return 0;
	switch (dwarf_tag(die)) {
	case DW_TAG_pointer_type:
		return HOLDS_POINTER;
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return HOLDS_REFERENCE;
	case DW_TAG_ptr_to_member_type:
		return HOLDS_MEMBER_POINTER;
	case DW_TAG_atomic_type:
		if (type_of(die, &type) && holds_of(&type, depth + 1, member))
			return HOLDS_ATOMIC_POINTER;
		return 0;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		return members_hold(die, depth, member);
	case DW_TAG_typedef:
		if (is_handle(die))
			return HOLDS_HANDLE;
		/* fallthrough */
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_array_type:
		return type_of(die, &type) ? holds_of(&type, depth + 1, member)
					   : 0;
	default:
		return 0;
	}
}

/* The name that clang hashes; NULL where we cannot spell it. */
static const char *spell(Dwarf_Die *die, const char *scope, int depth)
{
	const char *name = dwarf_diename(die), *base = "void";
	bool is_pointer = dwarf_tag(die) == DW_TAG_pointer_type;
	const char *kept;
	char *text;
	Dwarf_Die type;

	if (depth > MOST_DEPTH)
		return NULL;
	/* Damage: no type is called "". */
	if (name && !*name)
		name = NULL;
	switch (dwarf_tag(die)) {
	case DW_TAG_pointer_type:
	case DW_TAG_const_type:
		if (dwarf_hasattr(die, DW_AT_type) &&
		    (!type_of(die, &type) ||
		     !(base = spell(&type, "", depth + 1))))
			return NULL;
		break;
	case DW_TAG_typedef:
		if (!type_of(die, &type))
			return NULL;
		base = spell(&type, "", depth + 1);
		return base ? base : name ? must_keep_string(name) : NULL;
	case DW_TAG_base_type:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		if (!name)
			return NULL;
		text = must_print("%s%s", scope, name);
		goto keep;
	default:
		return NULL;
	}
	/* "n *", "n **", "const n". */
	if (is_pointer)
		text = must_print("%s%s", base,
				  base[strlen(base) - 1] == '*' ? "*" : " *");
	else
		text = must_print("const %s", base);
keep:
	kept = must_keep_string(text);
	free(text);
	return kept;
}

static void add(struct dwarf_types *types, Dwarf_Die *die, const char *scope)
{
	const char *name = spell(die, scope, 0);
	struct dwarf_type *type;

	if (!name)
		return;
	types->list = must_room(types->list, types->nr, &types->capacity,
				sizeof(*types->list));
	type = &types->list[types->nr++];
	*type = (struct dwarf_type){ .name = name };
	type->holds = holds_of(die, 0, &type->member);
}

/*
 * Entries are met in the order of the file. One that was passed before is
 * damage, and would be met for ever, or twice in each entry around it.
 */
static bool is_further(Dwarf_Die *die, Dwarf_Off *reached)
{
	Dwarf_Off here = dwarf_dieoffset(die);

	if (here <= *reached)
		return false;
	*reached = here;
	return true;
}

/* Namespaces, classes and functions have types of their own inside. */
static void walk(struct dwarf_types *types, Dwarf_Die *die, const char *scope,
		 int depth, Dwarf_Off *reached)
{
	Dwarf_Die child;

	if (depth > MOST_DEPTH || dwarf_child(die, &child))
		return;
	do {
		int tag = dwarf_tag(&child);
		const char *name = dwarf_diename(&child);
		char *inner;

		if (!is_further(&child, reached))
			return;
		if (!dwarf_hasattr(&child, DW_AT_declaration))
			add(types, &child, scope);
		if (tag != DW_TAG_namespace && tag != DW_TAG_class_type &&
		    tag != DW_TAG_structure_type && tag != DW_TAG_subprogram &&
		    tag != DW_TAG_lexical_block)
			continue;
		inner = must_print("%s%s%s", scope,
				   name && tag != DW_TAG_subprogram ? name : "",
				   name && tag != DW_TAG_subprogram ? "::"
								    : "");
		walk(types, &child, inner, depth + 1, reached);
		free(inner);
	} while (!dwarf_siblingof(&child, &child));
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct dwarf_type *)a)->name,
		      ((const struct dwarf_type *)b)->name);
}

static void merge(struct dwarf_types *types)
{
	size_t kept = 0;

	if (types->nr)
		qsort(types->list, types->nr, sizeof(*types->list), compare);
	for (size_t i = 0; i < types->nr; i++) {
		struct dwarf_type *type = &types->list[i];

		if (!kept || types->list[kept - 1].name != type->name) {
			types->list[kept++] = *type;
			continue;
		}
		types->list[kept - 1].holds |= type->holds;
		if (!types->list[kept - 1].member)
			types->list[kept - 1].member = type->member;
	}
	types->nr = kept;
}

/*
 * What describes the types of @unit: with -gsplit-dwarf that lies in a file of
 * its own, and the unit only says where. False: it is not there.
 */
static bool find_whole(Dwarf_Die *unit, Dwarf_Die *whole)
{
	uint8_t kind = 0;

	*whole = *unit;
	if (dwarf_cu_info(unit->cu, NULL, &kind, NULL, whole, NULL, NULL,
			  NULL) ||
	    kind != DW_UT_skeleton)
		*whole = *unit;
	return whole->addr;
}

const char *dwarf_types_read(struct dwarf_types *types, const char *path)
{
	struct elf_file file;
	const char *fault = elf_file_open(&file, path), *why;
	Dwarf_Die *unit = NULL, whole;
	bool lacks_any = false;
	Dwarf_Off reached;
	Dwarf_Addr bias;

	*types = (struct dwarf_types){ 0 };
	if (fault)
		return fault;
	while ((unit = dwfl_module_nextcu(file.module, unit, &bias))) {
		if (!find_whole(unit, &whole)) {
			lacks_any = true;
			continue;
		}
		reached = dwarf_dieoffset(&whole);
		walk(types, &whole, "", 0, &reached);
	}
	elf_file_close(&file);
	merge(types);
	if (types->nr)
		return NULL;
	why = elf_file_unread(path);
	if (why)
		return why;
	return lacks_any
		       ? "the .dwo files of its debug information are not found"
		       : "no debug information: build it with -g";
}

const char *dwarf_types_word(unsigned int holds)
{
	if (holds & HOLDS_REFERENCE)
		return "a reference";
	if (holds & HOLDS_MEMBER_POINTER)
		return "a pointer to a member";
	if (holds & HOLDS_ATOMIC_POINTER)
		return "an atomic pointer";
	if (holds & HOLDS_HANDLE)
		return "an integer that stands for a pointer";
	return "a pointer";
}

void dwarf_types_fini(struct dwarf_types *types)
{
	free(types->list);
}
