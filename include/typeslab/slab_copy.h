/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab_copy.h: copies of memory and strings. Part of typeslab/slab.h.
 *
 * A copy of memory lies where the caller's type belongs. Strings are data,
 * spread by their call site; what is formatted, by the address of its format.
 * A NULL string or pointer to copy gives NULL, and errno stays as it was.
 */
#ifndef TYPESLAB_SLAB_COPY_H
#define TYPESLAB_SLAB_COPY_H

#include "typeslab/kmalloc.h"

#include <stdarg.h>

/* The library's own names; programs call the macros below. */
void *typeslab_kmemdup(const void *p, size_t size, gfp_t gfp,
		       struct typeslab_from from);
void *typeslab_kvmemdup(const void *p, size_t size, gfp_t gfp,
			struct typeslab_from from);
char *typeslab_kstrndup(const char *s, size_t most, gfp_t gfp,
			struct typeslab_from from);
char *typeslab_kmemdup_nul(const char *s, size_t size, gfp_t gfp,
			   struct typeslab_from from);

#define typeslab_kmemdup_from(from, p, size, gfp) \
	typeslab_kmemdup(p, size, gfp, from)
#define typeslab_kvmemdup_from(from, p, size, gfp) \
	typeslab_kvmemdup(p, size, gfp, from)
#define typeslab_kmemdup_array_from(from, p, nr, size, gfp) \
	typeslab_kmemdup(p, typeslab_size_mul(size, nr), gfp, from)

/* kmemdup(p, size, gfp): a new object with @size bytes of @p. */
#define kmemdup(...) TYPESLAB_CALL(kmemdup, __VA_ARGS__)
/* kvmemdup(p, size, gfp): the same, of any size that kvmalloc() has. */
#define kvmemdup(...) TYPESLAB_CALL(kvmemdup, __VA_ARGS__)
/* kmemdup_array(p, nr, element_size, gfp): NULL where the product overflows. */
#define kmemdup_array(...) TYPESLAB_CALL(kmemdup_array, __VA_ARGS__)

#define TYPESLAB_FROM_SITE() ((struct typeslab_from){ 0, TYPESLAB_SITE() })

/* kmemdup_nul(s, size, gfp): @size bytes of @s, and a 0 behind them. */
#define kmemdup_nul(s, size, gfp) \
	typeslab_kmemdup_nul(s, size, gfp, TYPESLAB_FROM_SITE())
/* kstrdup(s, gfp): all of @s, and a 0. */
#define kstrdup(s, gfp) \
	typeslab_kstrndup(s, SIZE_MAX, gfp, TYPESLAB_FROM_SITE())
/* kstrndup(s, most, gfp): at most @most bytes of @s, and a 0. */
#define kstrndup(s, most, gfp) \
	typeslab_kstrndup(s, most, gfp, TYPESLAB_FROM_SITE())
/* A copy here, too: nothing tells a string that lasts from one that goes. */
#define kstrdup_const(s, gfp) ((const char *)kstrdup(s, gfp))
#define kfree_const(p)	      kfree(p)

/*
 * A formatted string, as asprintf() makes it; NULL for what it would refuse,
 * and errno is the C library's: EOVERFLOW, EILSEQ.
 * The C library's formatting may allocate, so here GFP_ATOMIC may wait.
 */
char *kasprintf(gfp_t gfp, const char *format,
		...) __asm__("typeslab_kasprintf")
	__attribute__((__format__(__printf__, 2, 3)));
char *kvasprintf(gfp_t gfp, const char *format,
		 va_list arguments) __asm__("typeslab_kvasprintf")
	__attribute__((__format__(__printf__, 2, 0)));

#endif /* TYPESLAB_SLAB_COPY_H */
