/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ir_typed: calls that the compiler gave a type, before any pass.
 *
 * Owns:       a tree of names, until ir_typed_fini().
 * Promises:   takes any bytes, as ir does.
 * Relies on:  IR as clang prints it; names come from ir_keep_plain().
 */
#ifndef TOOLS_IR_TYPED_H
#define TOOLS_IR_TYPED_H

#include "tools/slabline.h"

#include <stdbool.h>

/* Functions whose typed calls are looked for. */
struct ir_typed {
	void *names;
};

void ir_typed_add(struct ir_typed *typed, const char *name);

/* All functions that the module defines. */
void ir_typed_add_defined(struct ir_typed *typed, struct piece text);

/* Of these, the static ones. */
void ir_typed_add_static(struct ir_typed *typed, struct piece text);

/* The next line, or both lines of an invoke, with the break between them. */
bool ir_typed_next(struct line_cursor *cursor, struct piece *line);

/* What the line calls with a type, if it is one of these; or NULL. */
const char *ir_typed_callee(const struct ir_typed *typed, struct piece line);

void ir_typed_fini(struct ir_typed *typed);

#endif /* TOOLS_IR_TYPED_H */
