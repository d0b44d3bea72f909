/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrap: a program's own allocation functions, found and made typed.
 *
 * Owns:       what was learnt of functions, until wrap_fini().
 * Promises:   a function is a wrapper if it may return what an allocation
 *             function, or another wrapper, gave it, for a size computed from
 *             its own arguments. What cannot be carried says why. The header
 *             declares nothing whose C declaration is not known exactly.
 * Relies on:  IR compiled with -g (declarations) and -O1 or more; strings come
 *             from must_keep().
 * Invariant:  a name has one entry; a definition outweighs declarations.
 */
#ifndef TOOLS_WRAP_H
#define TOOLS_WRAP_H

#include "tools/ir.h"

#include <stdint.h>
#include <stdio.h>

#define WRAP_MOST_ARGUMENTS 8

enum wrap_size {
	WRAP_NO_SIZE, /* none of its arguments: small blocks are assumed */
	WRAP_ONE,
	WRAP_PRODUCT,
	WRAP_SUM,
};

struct wrap_function {
	const char *name;
	const char *declaration;		/* in C, or NULL */
	const char *unwritable;			/* why there is none */
	const char *types[WRAP_MOST_ARGUMENTS]; /* C types of the same ABI */
	const char *result; /* the same, of what it returns */
	size_t nr_arguments;
	bool is_simple;	   /* all types above are known; called as C's are */
	bool is_defined;   /* by a file for all others */
	bool is_static;	   /* in one file at least */
	bool is_public;	   /* the same */
	bool is_ambiguous; /* two files declare it, each in its own way */
	bool is_inline; /* C99's: all files see its body, one has it for all */
	bool is_variadic;
	bool is_rewritten; /* the program declares it as an allocator itself */
	bool multiplies;
	uint64_t returned; /* pointers it gets and may return, a bit each */
	bool asks_family;  /* its own malloc might have a type, the wrong one */

	/* Set by wrap_resolve(), wrap_choose() or wrap_except(). */
	bool is_excepted; /* no wrapper, whatever it looks like */
	bool is_wrapper;
	bool is_chosen;
	uint64_t size_arguments; /* a bit each */
};

/* @from may return what it got of @to, or of a pointer (to is NULL). */
struct wrap_edge {
	const char *from;
	const char *to;
	uint64_t arguments[WRAP_MOST_ARGUMENTS]; /* of what each is made */
};

struct wraps {
	struct wrap_function *functions;
	size_t nr_functions;
	size_t capacity;
	struct wrap_edge *edges;
	size_t nr_edges;
	size_t edges_capacity;
	size_t nr_modules;
	void *statics; /* a tree of names, also of what was inlined everywhere */
};

/* 0 or -1 with *@fault. */
int wrap_read_ir(struct wraps *wraps, struct piece text,
		 struct text_fault *fault);

struct wrap_function *wrap_find(const struct wraps *wraps, const char *name);

/* malloc and all others that the compiler knows by name. */
bool wrap_is_family(const char *name);

/* What was read of a static function named @name. */
void wrap_take_static(struct wraps *wraps, const char *name);

/*
 * What the compiler wrote of a file before any pass: functions that the program
 * declares as allocators may be inlined later, or are not called any more.
 */
void wrap_read_raw(struct wraps *wraps, struct piece text);

/* Marks what is a wrapper. */
void wrap_resolve(struct wraps *wraps);

/* Whether it may be one: it asks through a pointer. */
bool wrap_is_candidate(const struct wraps *wraps,
		       const struct wrap_function *function);

/*
 * Chooses "NAME", "NAME:2" (the second argument is the size) or "NAME:1*2".
 * False after a complaint.
 */
bool wrap_choose(struct wraps *wraps, const char *word);

/* Keeps a function from being found. False after a complaint. */
bool wrap_except(struct wraps *wraps, const char *name);

/* NULL, or why the function's callers' types cannot be carried. */
const char *wrap_obstacle(const struct wrap_function *function);

enum wrap_size wrap_size_of(const struct wrap_function *function);

/* The C declaration of the function whose DISubprogram is @number. */
void wrap_declare(struct wrap_function *function,
		  const struct ir_module *module, long number);

/*
 * The header, and the shim that defines each __alloc_token_NAME; compiled with
 * -DTWIN=N one of them alone, counted from 0; with -DLATE all, but weak, for a
 * program that may lack some of the wrappers.
 */
void wrap_print_header(const struct wraps *wraps, FILE *to);
void wrap_print_shim(const struct wraps *wraps, FILE *to);

/* What the compiler will call a twin of that there is none of: names. */
void wrap_print_uncarried(const struct wraps *wraps, FILE *to);
size_t wrap_nr_carried(const struct wraps *wraps);

/* Both of them into @folder, and their objects: 0, or -1 after a complaint. */
int wrap_write(const struct wraps *wraps, const char *folder);

void wrap_fini(struct wraps *wraps);

#endif /* TOOLS_WRAP_H */
