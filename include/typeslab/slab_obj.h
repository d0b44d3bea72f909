/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab_obj.h: objects by their type. Part of typeslab/slab.h.
 *
 *	struct thing *p = kmalloc_obj(*p);
 *	struct thing *q = kzalloc_objs(struct thing, 10, GFP_NOWAIT);
 *	struct packet *r = kmalloc_flex(*r, bytes, length);
 *
 * The first argument is a type, or an expression of which only the type is
 * looked at. The result is a pointer to that type, so that what does not fit
 * does not compile. gfp may be left out: GFP_KERNEL. Sizes that do not fit give
 * NULL. _flex(VAR_OR_TYPE, FAM, COUNT): room for COUNT elements of the
 * flexible array member FAM; COUNT is evaluated once, is written to the
 * member that __counted_by names where the compiler can tell (clang), and
 * gives NULL where that member cannot hold it.
 */
#ifndef TYPESLAB_SLAB_OBJ_H
#define TYPESLAB_SLAB_OBJ_H

#include "typeslab/kmalloc.h"

#define TYPESLAB_FIRST(first, ...) first
#define TYPESLAB_GFP(...) \
	TYPESLAB_FIRST(__VA_ARGS__ __VA_OPT__(, ) GFP_KERNEL, 0)

/* 0, or no compilation: void has no size, whatever gcc says. */
#define TYPESLAB_NO_VOID(type) \
	(0 * sizeof(char[1 - 2 * __builtin_types_compatible_p(type, void)]))
#define TYPESLAB_ARRAY(array)                                  \
	(0 * sizeof(char[1 - 2 * __builtin_types_compatible_p( \
					 __typeof__(array),    \
					 __typeof__(&(array)[0]))]))

#define TYPESLAB_OBJS(name, type, count, gfp)                            \
	((type *)typeslab_##name##_from(                                 \
		TYPESLAB_FROM_TYPE(type),                                \
		typeslab_size_mul(sizeof(type) + TYPESLAB_NO_VOID(type), \
				  count),                                \
		gfp))

/* The address of FAM's counter as the compiler knows it; of type void * if
 * there is none. */
#if typeslab_has_builtin(__builtin_counted_by_ref)
#define TYPESLAB_COUNTER(fam) __builtin_counted_by_ref(fam)
#else
#define TYPESLAB_COUNTER(fam) ((void *)0)
#endif

#define TYPESLAB_COUNTER_TYPE(fam) \
	__typeof__(*_Generic(TYPESLAB_COUNTER(fam), void *: (size_t *)0, \
			     default: TYPESLAB_COUNTER(fam)))
#define TYPESLAB_SET_COUNTER(fam, count) \
	(*_Generic(TYPESLAB_COUNTER(fam), void *: &(size_t){ 0 },          \
		   default: TYPESLAB_COUNTER(fam)) =               \
		 (TYPESLAB_COUNTER_TYPE(fam))(count))

#define TYPESLAB_FLEX(name, type, fam, count, gfp)                           \
	__extension__({                                                      \
		const size_t typeslab_count = (count);                       \
		type *typeslab_object = NULL;                                \
                                                                             \
		if ((size_t)(TYPESLAB_COUNTER_TYPE(((type *)0)->fam))        \
			    typeslab_count == typeslab_count)                \
			typeslab_object = typeslab_##name##_from(            \
				TYPESLAB_FROM_TYPE(type),                    \
				typeslab_size_add(                           \
					sizeof(type) +                       \
						TYPESLAB_ARRAY(              \
							((type *)0)->fam),   \
					typeslab_size_mul(                   \
						sizeof(((type *)0)->fam[0]), \
						typeslab_count)),            \
				gfp);                                        \
		if (typeslab_object)                                         \
			TYPESLAB_SET_COUNTER(typeslab_object->fam,           \
					     typeslab_count);                \
		typeslab_object;                                             \
	})

#define TYPESLAB_OBJ(name, what, ...) \
	TYPESLAB_OBJS(name, __typeof__(what), 1, TYPESLAB_GFP(__VA_ARGS__))

#define kmalloc_obj(what, ...)	TYPESLAB_OBJ(kmalloc, what, __VA_ARGS__)
#define kzalloc_obj(what, ...)	TYPESLAB_OBJ(kzalloc, what, __VA_ARGS__)
#define kvmalloc_obj(what, ...) TYPESLAB_OBJ(kvmalloc, what, __VA_ARGS__)
#define kvzalloc_obj(what, ...) TYPESLAB_OBJ(kvzalloc, what, __VA_ARGS__)

#define kmalloc_objs(what, count, ...)                  \
	TYPESLAB_OBJS(kmalloc, __typeof__(what), count, \
		      TYPESLAB_GFP(__VA_ARGS__))
#define kzalloc_objs(what, count, ...)                  \
	TYPESLAB_OBJS(kzalloc, __typeof__(what), count, \
		      TYPESLAB_GFP(__VA_ARGS__))
#define kvmalloc_objs(what, count, ...)                  \
	TYPESLAB_OBJS(kvmalloc, __typeof__(what), count, \
		      TYPESLAB_GFP(__VA_ARGS__))
#define kvzalloc_objs(what, count, ...)                  \
	TYPESLAB_OBJS(kvzalloc, __typeof__(what), count, \
		      TYPESLAB_GFP(__VA_ARGS__))

#define kmalloc_flex(what, fam, count, ...)                  \
	TYPESLAB_FLEX(kmalloc, __typeof__(what), fam, count, \
		      TYPESLAB_GFP(__VA_ARGS__))
#define kzalloc_flex(what, fam, count, ...)                  \
	TYPESLAB_FLEX(kzalloc, __typeof__(what), fam, count, \
		      TYPESLAB_GFP(__VA_ARGS__))
#define kvmalloc_flex(what, fam, count, ...)                  \
	TYPESLAB_FLEX(kvmalloc, __typeof__(what), fam, count, \
		      TYPESLAB_GFP(__VA_ARGS__))
#define kvzalloc_flex(what, fam, count, ...)                  \
	TYPESLAB_FLEX(kvzalloc, __typeof__(what), fam, count, \
		      TYPESLAB_GFP(__VA_ARGS__))

#endif /* TYPESLAB_SLAB_OBJ_H */
