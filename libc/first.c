/* SPDX-License-Identifier: Apache-2.0 */
/*
 * first: whether malloc() is ours in this process; else heap/other.h is told.
 *
 * Part of the shared library only: an archive's malloc is the program's.
 */
#include "heap/other.h"
#include "region/region.h"

#include <malloc.h>
#include <stdlib.h>

/* malloc() of this library: malloc.c. */
extern internal void *own_malloc(size_t size);

/* Read at run time, as the loader bound them. */
static void *(*volatile const their_malloc)(size_t size) = malloc;
static void (*volatile const their_free)(void *p) = free;

/*
 * The address alone does not tell: in a program at a fixed place it may be that
 * of a stub which leads to ours.
 */
static bool is_ours(void)
{
	void *p;
	bool is;

	if (their_malloc == own_malloc)
		return true;
	p = their_malloc(1);
	is = !p || region_holds(p);
	their_free(p);
	return is;
}

__attribute__((__constructor__)) static void find_other(void)
{
	if (is_ours())
		return;
	other.aligned_alloc = aligned_alloc;
	other.realloc = realloc;
	other.usable_size = malloc_usable_size;
	other.free = their_free;
	other.malloc = their_malloc;
}
