/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sites: call sites that the compiler rewrites, and what it says of them.
 *
 * sites.c and sites.cc are built once for each way of compiling (ABI,
 * optimisation, LTO); site_test.c, built plainly, walks their tables.
 */
#ifndef TOKEN_SITES_H
#define TOKEN_SITES_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Four types of one size: two without pointers, two with. */
struct book {
	char title[40];
	long pages;
};

struct pixel {
	double x, y;
	int tag[8];
};

struct node {
	struct node *next;
	long value[5];
};

struct job {
	long id;
	void (*run)(void *arg);
	void *arg;
	long pad[3];
};

#define SITE_SIZE sizeof(struct book)

enum site_type {
	TYPE_book,
	TYPE_pixel,
	TYPE_node,
	TYPE_job,
	NR_TYPES
};

/* One call in the source: count objects of a type by a form. */
struct token_site {
	const char *form;
	const char *type_name;
	enum site_type type;
	bool seen; /* the compiler infers a type here */
	bool is_realloc;
	void *(*call)(size_t count, void *old);
};

struct token_sites {
	const struct token_site *site;
	size_t nr;
	/* What this file's compiler says of each type. */
	size_t token[NR_TYPES];
};

extern const struct token_sites sites_c;
/* Absent (address NULL) in a program without the C++ half. */
extern const struct token_sites sites_cxx __attribute__((weak));

/* Sites of void pointers in plain C: no type to infer. */
#define NR_BLIND_SITES 64
extern void *(*const blind_sites[NR_BLIND_SITES])(size_t size);

/* What libraries that were built without the flag allocate for us. */
struct token_guest {
	const char *name;
	void *(*call)(void);
};
extern const struct token_guest guests[];

#ifdef __cplusplus
}
#endif

#endif /* TOKEN_SITES_H */
