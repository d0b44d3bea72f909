/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: allocation sites, who has a type and who has none.
 *
 * Owns:       the sites added to it, until audit_fini().
 * Promises:   after audit_settle() sites are sorted by file, line and column,
 *             equal ones are one with the sum of their times, and every site
 *             that lacks a type says why, as far as can be told.
 * Relies on:  all strings of a site come from must_keep().
 * Invariant:  nothing is counted twice: what one input told as well as another
 *             is taken from the better of the two (see audit_settle()).
 */
#ifndef TOOLS_AUDIT_H
#define TOOLS_AUDIT_H

#include "tools/audit_why.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tokens below this come from a build with -falloc-token-max. */
#define AUDIT_SMALL_TOKENS 65536

/* In the order in which they are shown. */
enum site_kind {
	SITE_DATA,    /* typed, without pointers */
	SITE_POINTER, /* typed, with pointers */
	SITE_TYPED,   /* typed, the half is not told */
	SITE_UNTYPED, /* rewritten, token 0: the compiler remarks on it */
	SITE_HIDDEN,  /* never rewritten: the compiler is silent */
	NR_SITE_KINDS,
};

enum site_source {
	FROM_REMARK, /* text or YAML: untyped sites alone */
	FROM_ELF,    /* calls in machine code */
	FROM_IR,     /* calls in LLVM IR: everything */
	NR_SITE_SOURCES,
};

struct audit_site {
	const char *file; /* "" where it is not told */
	const char *function;
	const char *callee; /* as in the source: malloc, _Znwm */
	const char *type;   /* the compiler's name of it, or NULL */
	unsigned int line;
	unsigned int column;
	enum site_kind kind;
	enum site_source source;
	enum why why;
	uint64_t token;
	size_t times;
};

struct audit_counts {
	size_t by[NR_SITE_KINDS];
};

struct audit_file {
	const char *name;
	struct audit_counts counts;
};

struct audit {
	struct audit_site *sites;
	size_t nr_sites;
	size_t capacity;
	size_t nr_inputs[NR_SITE_SOURCES];
	size_t nr_remarks;  /* the compiler's, also where IR told the same */
	size_t nr_compiles; /* seen in a build of ours; 0: no build */
	size_t nr_failed;   /* sources that could not be compiled once more */
	uint64_t token_max; /* of the build; 0: 64-bit tokens */
	bool is_watched; /* compiles of ours: any log may be without remarks */
	bool needs_no_places;
};

void audit_init(struct audit *audit);

void audit_add(struct audit *audit, const struct audit_site *site);

/* The kind that @token has in a build with @token_max. */
enum site_kind audit_kind_of_token(uint64_t token, uint64_t token_max);

/*
 * The function's own name in "__alloc_token_3_malloc"; *@number becomes 3 in
 * the fast ABI, else -1. NULL for a name of another kind.
 */
const char *audit_callee_of(const char *symbol, long *number);

/*
 * Ends the reading. Where IR was read, remarks only serve to check it; where
 * remarks and machine code were, remarks tell what is untyped.
 */
void audit_settle(struct audit *audit);

/* Of one kind and place in the source; settled, they follow each other. */
bool audit_is_same_place(const struct audit_site *a,
			 const struct audit_site *b);

/* Typed sites are known: something other than remarks was read. */
bool audit_knows_typed(const struct audit *audit);

struct audit_counts audit_sum(const struct audit *audit);
size_t audit_typed(const struct audit_counts *counts);
size_t audit_all(const struct audit_counts *counts); /* without hidden */

/* Percent; 100 of none. */
double audit_share(const struct audit_counts *counts);

/* One entry a file, in the order of names: an array to free. */
struct audit_file *audit_files(const struct audit *audit, size_t *nr);

const char *audit_kind_name(enum site_kind kind);

void audit_fini(struct audit *audit);

#endif /* TOOLS_AUDIT_H */
