/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ir: a module of LLVM IR as clang prints it, as far as calls go.
 *
 * Owns:       the index of the metadata; names and texts point into the
 *             caller's bytes.
 * Promises:   takes any bytes and never reads outside them; what it does not
 *             know it skips. Functions come in the order of the text.
 * Relies on:  one instruction a line, as LLVM prints them, but for the second
 *             line of an invoke and the cases of a switch.
 * Invariant:  lines of a function lie between its define and its last brace.
 */
#ifndef TOOLS_IR_H
#define TOOLS_IR_H

#include "tools/slabline.h"

struct ir_module {
	struct piece text;
	struct piece *metadata; /* by number; without "!N = " */
	size_t nr_metadata;
};

struct ir_line {
	struct piece result; /* "%3", or empty */
	struct piece text;   /* what stands right of "=", or all of it */
	size_t number;	     /* in the module's text */
};

struct ir_function {
	struct piece name; /* no @, no quotes */
	struct piece head; /* the define line */
	struct ir_line *lines;
	size_t nr_lines;
	size_t capacity;
	struct piece debug; /* number of its DISubprogram, or empty */
};

#define IR_MOST_ARGUMENTS 16

struct ir_call {
	struct piece callee; /* no @, no quotes; empty if through a pointer */
	struct piece
		arguments[IR_MOST_ARGUMENTS]; /* values: "%3", "i64" gone */
	size_t nr_arguments;
	struct piece before; /* from the opcode to the callee: attributes */
	struct piece after;  /* from the closing bracket on */
	bool is_invoke;
};

/* A place in the source; file is empty where none is told. */
struct ir_place {
	struct piece folder;
	struct piece file;
	unsigned int line;
	unsigned int column;
};

/* 0, or -1 with *@fault: no module, or one that is cut. */
int ir_init(struct ir_module *module, struct piece text,
	    struct text_fault *fault);

/* The next function's body into *@function, reusing its memory. */
bool ir_next_function(struct line_cursor *cursor, struct ir_function *function);

/* Whether the line calls something, and what. */
bool ir_parse_call(const struct ir_line *line, struct ir_call *call);

/* The number after "!NAME !" in @text, or -1. */
long ir_attached(struct piece text, const char *name);

/* The text of metadata @number; empty if there is none. */
struct piece ir_metadata(const struct ir_module *module, long number);

/* Where DILocation @number points, innermost frame. */
struct ir_place ir_place_of(const struct ir_module *module, long number);

/* "{!\"name\", i1 true}": the type the compiler wrote beside a call. */
bool ir_type_of(const struct ir_module *module, long number, struct piece *name,
		bool *has_pointer);

/* What a quoted text stands for: "\C3\BC" is a letter of two bytes. Kept. */
const char *ir_keep_plain(struct piece quoted);

void ir_function_fini(struct ir_function *function);
void ir_fini(struct ir_module *module);

#endif /* TOOLS_IR_H */
