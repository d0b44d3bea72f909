/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault: one crime a process, announced before it is committed.
 *
 * A case is a place (how to come by a bad pointer) and a verb (what is done
 * with it). Before the deed the program prints, as its only line on standard
 * output, a regular expression for the whole first line that the heap must
 * print; run-faults demands that line and SIGABRT.
 */
#ifndef DEATH_FAULT_H
#define DEATH_FAULT_H

#include <typeslab/whatis.h>

#include <stddef.h>

/* What is wrong with a pointer; the words of the reports follow from it. */
enum fault_kind {
	FAULT_FREED,
	FAULT_IDLE, /* not live; whether it ever was is not asked */
	FAULT_INNER,
	FAULT_UNALLOCATED,
	FAULT_FOREIGN,
	FAULT_BESIDE, /* a neighbour's ground, whatever stands there */
};

struct fault_place {
	const char *name;
	enum fault_kind kind;
	void *(*find)(void);
};

struct fault_verb {
	const char *name;
	const char *word;  /* free, realloc or size query */
	const char *freed; /* what it says of a freed block; NULL: not asked */
	void (*commit)(void *p);
};

/* A live block, freed with a size; a wrong one is the crime. */
struct fault_size {
	const char *name;
	size_t size;  /* allocated */
	size_t align; /* 0: malloc */
	size_t claim; /* said when freeing */
	int is_right;
	void (*commit)(void *p, size_t align, size_t claim);
};

/* A live or freed block that is written to where it must not be. */
struct fault_damage {
	const char *name;
	const char *word; /* of the report; NULL: nothing is wrong */
	size_t size;
	void (*commit)(char *p, size_t size);
};

extern const struct fault_place fault_places[];
extern const struct fault_verb fault_verbs[];
extern const struct fault_size fault_sizes[];
extern const struct fault_damage fault_damages[];

/* The compilers must know nothing of where a pointer comes from. */
static inline void *hide(const void *p)
{
	void *hidden = (void *)p;

	__asm__ volatile("" : "+r"(hidden) : : "memory");
	return hidden;
}

/* What was told of the block when it was alive; start is NULL if nothing. */
extern struct typeslab_whatis fault_noted;

/* malloc() that the compiler cannot see through; dies without memory. */
void *fault_malloc(size_t size);

#endif /* DEATH_FAULT_H */
