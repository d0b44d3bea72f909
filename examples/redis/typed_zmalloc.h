/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typed_zmalloc.h: tell the compiler that Redis' zmalloc and kin allocate.
 *
 * Forced in before every file of Redis (-include). A declaration with the
 * malloc attribute is all that -fsanitize-alloc-token-extended asks for: where
 * it sees the type wanted, it calls __alloc_token_zmalloc(size, token) instead
 * of zmalloc(size). zmalloc_shim.c defines those.
 *
 * Only `malloc`, not `alloc_size`: Redis writes up to the usable size of a
 * block, which may be more than was asked for. `malloc` on the realloc family
 * says what clang says of realloc itself: the result is not aliased.
 *
 * zstrdup needs nothing: it calls zmalloc for a char pointer.
 */
#ifndef TYPED_ZMALLOC_H
#define TYPED_ZMALLOC_H

#ifndef __ASSEMBLER__
#include <stddef.h>

#define TYPED_ALLOCATOR __attribute__((malloc))

void *zmalloc(size_t size) TYPED_ALLOCATOR;
void *zcalloc(size_t size) TYPED_ALLOCATOR;
void *zcalloc_num(size_t num, size_t size) TYPED_ALLOCATOR;
void *zrealloc(void *ptr, size_t size) TYPED_ALLOCATOR;
void *ztrymalloc(size_t size) TYPED_ALLOCATOR;
void *ztrycalloc(size_t size) TYPED_ALLOCATOR;
void *ztryrealloc(void *ptr, size_t size) TYPED_ALLOCATOR;

void *zmalloc_usable(size_t size, size_t *usable) TYPED_ALLOCATOR;
void *zcalloc_usable(size_t size, size_t *usable) TYPED_ALLOCATOR;
void *zrealloc_usable(void *ptr, size_t size, size_t *usable) TYPED_ALLOCATOR;
void *ztrymalloc_usable(size_t size, size_t *usable) TYPED_ALLOCATOR;
void *ztrycalloc_usable(size_t size, size_t *usable) TYPED_ALLOCATOR;
void *ztryrealloc_usable(void *ptr, size_t size,
			 size_t *usable) TYPED_ALLOCATOR;
#endif

#endif /* TYPED_ZMALLOC_H */
