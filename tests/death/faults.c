/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faults: commits one fault of the tables.
 *
 * Usage: faults --list | faults PLACE/VERB | faults size/NAME
 *        | faults damage/NAME (where the options have zero and canary on)
 *
 * Prints what the heap's first line must look like, then does the deed. Who
 * is still alive after it uses the heap some more, says "alive" and leaves
 * with 0: that is right under the profile compat and wrong elsewhere.
 */
#include "fault.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOREIGN "not in this heap"

static const char *const domain_names[] = { "data", "pointer", "unknown" };

/* No stdio here: its buffers would be blocks of the heap under test. */
static void say(const char *format, ...)
{
	char line[512];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len < 0 || write(1, line, (size_t)len) != len)
		_exit(92);
}

/* "(48 bytes, pointer-03, slot 7)", as a regular expression. */
static void describe(const void *p, char *text, size_t room)
{
	struct typeslab_whatis info;

	if (fault_noted.start == p)
		info = fault_noted;
	if (fault_noted.start != p && !typeslab_whatis(p, &info))
		snprintf(text, room, "\\(" FOREIGN "\\)");
	else
		snprintf(text, room, "\\(%zu bytes, %s-%02u, slot %s\\)",
			 info.size, domain_names[info.domain], info.partition,
			 info.large ? "0" : "[0-9]+");
}

static bool has_option(const char *text)
{
	const char *options = getenv("TYPESLAB");

	return options && strstr(options, text);
}

/* Shuffled, a slot that never was handed out may count as freed. */
static const char *fault_word(const struct fault_place *place,
			      const struct fault_verb *verb)
{
	bool is_shuffled = has_option("profile=hardened");

	switch (place->kind) {
	case FAULT_FREED:
		return verb->freed;
	case FAULT_IDLE:
		return "(double|freed|unallocated)";
	case FAULT_INNER:
		return "inner";
	case FAULT_UNALLOCATED:
		return is_shuffled ? "(double|freed|unallocated)"
				   : "unallocated";
	case FAULT_FOREIGN:
		return "foreign";
	case FAULT_BESIDE:
		return is_shuffled ? "(double|freed|unallocated|inner|foreign)"
				   : "(unallocated|inner|foreign)";
	}
	return NULL;
}

static void use_the_heap(void)
{
	static char *p[1000];

	for (size_t i = 0; i < 1000; i++) {
		p[i] = fault_malloc(1 + i * 7);
		memset(p[i], (int)i, 1 + i * 7);
	}
	for (size_t i = 0; i < 1000; i++)
		free(p[i]);
	say("alive\n");
}

static void commit(const struct fault_place *place,
		   const struct fault_verb *verb)
{
	void *p = place->find();
	char what[128];

	/* A foreign place must be foreign to whatis, too. */
	if (place->kind == FAULT_FOREIGN)
		snprintf(what, sizeof(what), "\\(" FOREIGN "\\)");
	else
		describe(p, what, sizeof(what));
	say("typeslab: %s %s: 0x%" PRIxPTR " %s\n", fault_word(place, verb),
	    verb->word, (uintptr_t)p, what);
	verb->commit(p);
	use_the_heap();
}

static void commit_size(const struct fault_size *size)
{
	void *p = size->align ? hide(aligned_alloc(size->align, size->size))
			      : hide(malloc(size->size));
	char what[128];

	describe(p, what, sizeof(what));
	if (size->is_right)
		say("none\n");
	else
		say("typeslab: wrong size free: 0x%" PRIxPTR
		    " %s as %zu bytes\n",
		    (uintptr_t)p, what, size->claim);
	size->commit(p, size->align, size->claim);
	use_the_heap();
}

static void commit_damage(const struct fault_damage *damage)
{
	char *p = fault_malloc(damage->size);
	char what[128];

	describe(p, what, sizeof(what));
	if (damage->word)
		say("typeslab: %s: 0x%" PRIxPTR " %s\n", damage->word,
		    (uintptr_t)p, what);
	else
		say("none\n");
	damage->commit(p, damage->size);
	use_the_heap();
}

static bool sees_damage(void)
{
	return has_option("profile=hardened") ||
	       has_option("zero=on,canary=on");
}

static bool is_asked(const struct fault_place *place,
		     const struct fault_verb *verb)
{
	return verb->freed ||
	       (place->kind != FAULT_FREED && place->kind != FAULT_IDLE);
}

/* Commits the case of that name; with NULL, lists all. */
static int walk_cases(const char *wanted)
{
	const struct fault_place *place;
	const struct fault_verb *verb;
	const struct fault_damage *damage;
	const struct fault_size *size;
	char name[128];

	for (place = fault_places; place->name; place++) {
		for (verb = fault_verbs; verb->name; verb++) {
			if (!is_asked(place, verb))
				continue;
			snprintf(name, sizeof(name), "%s/%s", place->name,
				 verb->name);
			if (!wanted)
				say("%s\n", name);
			else if (!strcmp(wanted, name))
				return commit(place, verb), 0;
		}
	}
	for (size = fault_sizes; size->name; size++) {
		snprintf(name, sizeof(name), "size/%s", size->name);
		if (!wanted)
			say("%s\n", name);
		else if (!strcmp(wanted, name))
			return commit_size(size), 0;
	}
	for (damage = fault_damages; damage->name; damage++) {
		snprintf(name, sizeof(name), "damage/%s", damage->name);
		if (!wanted && sees_damage())
			say("%s\n", name);
		else if (wanted && !strcmp(wanted, name))
			return commit_damage(damage), 0;
	}
	return wanted ? 2 : 0;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	return walk_cases(strcmp(argv[1], "--list") ? argv[1] : NULL);
}
