/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typed_sds.h: give Redis' strings the type they lose in a void pointer.
 *
 * sds.c allocates a string, a header of plain integers and the bytes after
 * it, into a `void *`: the compiler can infer nothing. Redis keeps the names
 * it allocates through in sdsalloc.h; this file takes the place of that one
 * (same guard) and says `char` where sds.c says nothing. An allocation that
 * names a type by sizeof (the arrays of sds) keeps that: sizeof goes before a
 * cast in clang's inference.
 *
 * Only for the files of Redis proper: hiredis has an sds of its own.
 */
#ifndef __SDS_ALLOC_H__
#define __SDS_ALLOC_H__

#include "typed_zmalloc.h"

void zfree(void *ptr);
void zfree_usable(void *ptr, size_t *usable);

#define AS_CHARS(block) ((void *)(char *)(block))

#define s_malloc(size)		      AS_CHARS(zmalloc(size))
#define s_realloc(ptr, size)	      AS_CHARS(zrealloc(ptr, size))
#define s_trymalloc(size)	      AS_CHARS(ztrymalloc(size))
#define s_tryrealloc(ptr, size)	      AS_CHARS(ztryrealloc(ptr, size))
#define s_malloc_usable(size, usable) AS_CHARS(zmalloc_usable(size, usable))
#define s_trymalloc_usable(size, usable) \
	AS_CHARS(ztrymalloc_usable(size, usable))
#define s_realloc_usable(ptr, size, usable) \
	AS_CHARS(zrealloc_usable(ptr, size, usable))
#define s_tryrealloc_usable(ptr, size, usable) \
	AS_CHARS(ztryrealloc_usable(ptr, size, usable))
#define s_free	      zfree
#define s_free_usable zfree_usable

#endif /* __SDS_ALLOC_H__ */
