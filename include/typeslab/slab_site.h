/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab_site.h: who allocates, as the macros of typeslab/slab.h tell it.
 *
 * Each macro of the family makes, where it stands in the source, a struct
 * typeslab_from of two words: the token of the type, as the compiler sees it
 * in the arguments and the cast around the call, and a word of its own for
 * the call site. The library writes there, at the site's first allocation,
 * which row of caches it found for the token or, where there is none, for the
 * site: from then on the row is one load.
 *
 * Compilers without tokens (gcc): objects of arithmetic and pointer types,
 * asked for by kmalloc_obj() and its kin, have a token made of their kind and
 * size; everything else is placed by its call site.
 *
 * -DTYPESLAB_NO_PARTITIONS: no token and no site; the call sites become those
 * of malloc().
 */
#ifndef TYPESLAB_SLAB_SITE_H
#define TYPESLAB_SLAB_SITE_H

#include <stddef.h>
#include <stdint.h>

/* The site's own; the library's to write and to read. */
struct typeslab_site {
	uint32_t row;
};

/* Two registers of a call. */
struct typeslab_from {
	uint64_t token; /* 0: the compiler could not tell */
	struct typeslab_site *site;
};

#define typeslab_inline static inline __attribute__((__always_inline__))

#ifdef __has_builtin
#define typeslab_has_builtin(name) __has_builtin(name)
#else
#define typeslab_has_builtin(name) 0
#endif

/* The classes of __builtin_classify_type() that tell what an object holds. */
#define TYPESLAB_CLASS_INTEGER 1
#define TYPESLAB_CLASS_POINTER 5
#define TYPESLAB_CLASS_REAL    8
#define TYPESLAB_CLASS_COMPLEX 9

/* An array decays behind a comma, and would pass for a pointer. */
#define TYPESLAB_CLASS_OF(type)                                                \
	(__builtin_types_compatible_p(type, __typeof__(((void)0, *(type *)0))) \
		 ? __builtin_classify_type(*(type *)0)                         \
		 : -1)

/* Of a kind of type and its size; 0 for kinds that may hold anything. */
typeslab_inline uint64_t typeslab_token_of_class(int class, size_t size)
{
	uint64_t kind = (uint64_t) class << 32 | (uint32_t)size;
	uint64_t token = kind * 0x9e3779b97f4a7c15u >> 1 | 1ull << 62;

	if (class == TYPESLAB_CLASS_POINTER)
		return token | 1ull << 63;
	if (class == TYPESLAB_CLASS_INTEGER || class == TYPESLAB_CLASS_REAL ||
	    class == TYPESLAB_CLASS_COMPLEX)
		return token;
	return 0;
}

/*
 * TYPESLAB_TOKEN(): the type that an allocation's arguments show; they are
 * not evaluated. TYPESLAB_TOKEN_OF(): of a type that is known by name.
 */
#if defined(TYPESLAB_NO_PARTITIONS)
#define TYPESLAB_TOKEN(...)	((uint64_t)0)
#define TYPESLAB_TOKEN_OF(type) ((uint64_t)0)
#define TYPESLAB_SITE()		((struct typeslab_site *)0)
#else
#if typeslab_has_builtin(__builtin_infer_alloc_token)
#define TYPESLAB_HAS_TOKENS	1
/* Not cast: the compiler would take the type of the cast around it. */
#define TYPESLAB_TOKEN(...)	__builtin_infer_alloc_token(__VA_ARGS__)
#define TYPESLAB_TOKEN_OF(type) TYPESLAB_TOKEN(sizeof(type))
#else
#define TYPESLAB_TOKEN(...) ((uint64_t)0)
#define TYPESLAB_TOKEN_OF(type) \
	typeslab_token_of_class(TYPESLAB_CLASS_OF(type), sizeof(type))
#endif
#define TYPESLAB_SITE()                              \
	__extension__({                              \
		static struct typeslab_site site_of; \
		&site_of;                            \
	})
#endif

#define TYPESLAB_FROM(...) \
	((struct typeslab_from){ TYPESLAB_TOKEN(__VA_ARGS__), TYPESLAB_SITE() })
#define TYPESLAB_FROM_TYPE(type) \
	((struct typeslab_from){ TYPESLAB_TOKEN_OF(type), TYPESLAB_SITE() })

/* Sizes up to this have a class; larger objects lie alone. */
#define TYPESLAB_CLASS_MAX ((size_t)32 << 10)

/*
 * The class of a size from 1 to TYPESLAB_CLASS_MAX: steps of 16 up to 128,
 * then four a doubling. Calls carry it, so it is part of the library's ABI.
 */
typeslab_inline unsigned int typeslab_class_of(size_t size)
{
	unsigned int shift = 63 - (unsigned int)__builtin_clzl((size - 1) | 1);

	if (size <= 128)
		return (unsigned int)(size - 1) / 16;
	return 8 + (shift - 7) * 4 +
	       (unsigned int)((size - 1) >> (shift - 2) & 3);
}

/* What a site asks for, a constant of its code: a class, and the size in it. */
#define TYPESLAB_WISH(class, size)   ((uint32_t)(size) << 8 | (class))
#define TYPESLAB_CLASS_OF_WISH(wish) ((uint8_t)(wish))
#define TYPESLAB_SIZE_OF_WISH(wish)  ((wish) >> 8)

/* Products and sums of sizes; SIZE_MAX, which no allocation gets, for more. */
typeslab_inline size_t typeslab_size_mul(size_t a, size_t b)
{
	size_t product;

	return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

typeslab_inline size_t typeslab_size_add(size_t a, size_t b)
{
	size_t sum;

	return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

#endif /* TYPESLAB_SLAB_SITE_H */
