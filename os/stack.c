/* SPDX-License-Identifier: Apache-2.0 */
/* stack: see stack.h. */
#define _GNU_SOURCE
#include "os/stack.h"

#include "base/loader.h"
#include "os/os.h"

#include <link.h>
#include <sys/auxv.h>
#include <unwind.h>

/* The loader has no name for the program itself. */
static const char *program_name(void)
{
	const char *name = (const char *)getauxval(AT_EXECFN);

	return name ? name : "?";
}

bool stack_find_object(uintptr_t address, struct stack_object *object)
{
	struct dl_find_object found;
	const struct link_map *map;

	if (!_dl_find_object || _dl_find_object((void *)address, &found))
		return false;
	map = found.dlfo_link_map;
	object->start = (uintptr_t)found.dlfo_map_start;
	object->end = (uintptr_t)found.dlfo_map_end;
	object->base = map ? map->l_addr : 0;
	object->name = map && map->l_name && map->l_name[0] ? map->l_name
							    : program_name();
	return true;
}

struct walk {
	struct stack_object own;
	uintptr_t *frames;
	unsigned int nr;
	unsigned int max;
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context,
				     void *argument)
{
	struct walk *walk = argument;
	int is_exact = 0;
	uintptr_t address = _Unwind_GetIPInfo(context, &is_exact);

	if (!address || walk->nr == walk->max)
		return _URC_END_OF_STACK;
	if (address >= walk->own.start && address < walk->own.end)
		return _URC_NO_REASON;
	/* What a call returns to may be the next line's, or no code at all. */
	walk->frames[walk->nr++] = address - !is_exact;
	return _URC_NO_REASON;
}

/*
 * The unwinder of a static program allocates at its first use, and its C
 * library allocates before the unwinder works.
 */
static bool is_static(void)
{
	return !os_loader();
}

/* In a program that the archive is part of, nothing is left out. */
static void find_own(struct stack_object *own)
{
	struct stack_object program;

	if (!stack_find_object((uintptr_t)stack_read, own) ||
	    (stack_find_object(getauxval(AT_ENTRY), &program) &&
	     program.start == own->start))
		own->start = own->end = 0;
}

unsigned int stack_read(uintptr_t *frames, unsigned int max)
{
	struct walk walk = { .frames = frames, .max = max };

	if (is_static())
		return 0;
	find_own(&walk.own);
	_Unwind_Backtrace(add_frame, &walk);
	return walk.nr;
}
