/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types_table: tokens that a program passes, and the names of their types.
 *
 * Owns:       the entries, until types_table_fini().
 * Promises:   entries are sorted by token, each (token, name) once; a token
 *             of two names has is_shared in both. As text: a head line, then
 *             "TOKEN NAME" a line, the token in 16 hexadecimal digits, "?" for
 *             a name that is not known.
 * Relies on:  names from must_keep().
 */
#ifndef TOOLS_TYPES_TABLE_H
#define TOOLS_TYPES_TABLE_H

#include "tools/dwarf_types.h"
#include "tools/slabline.h"

#include <stdint.h>
#include <stdio.h>

struct types_entry {
	uint64_t token;
	const char *name;
	unsigned int holds; /* as far as debug information told */
	const char *member;
	bool is_described; /* by debug information */
	bool is_shared;
};

struct types_table {
	struct types_entry *entries;
	size_t nr;
	size_t capacity;
};

/*
 * Adds what @path tells: IR names its types; a program's machine code holds
 * the tokens, and its debug information the names to find them by. 0 or -1
 * after a complaint.
 */
int types_table_add_file(struct types_table *table, const char *path);

void types_table_settle(struct types_table *table);

void types_table_print(const struct types_table *table, FILE *to);

/*
 * Types that hold pointers and landed among data: lines of a policy file. Tells
 * how many of those among data nothing says what they hold.
 */
void types_table_print_misclassed(const struct types_table *table, FILE *to);

/* 0 or -1 with *@fault. */
int types_table_parse(struct types_table *table, struct piece text,
		      struct text_fault *fault);

void types_table_fini(struct types_table *table);

#endif /* TOOLS_TYPES_TABLE_H */
