// SPDX-License-Identifier: Apache-2.0
/*
 * zmalloc_shim: the typed twins of Redis' allocation wrappers.
 *
 * In Redis built with -fsanitize-alloc-token-extended a caller of zmalloc
 * calls __alloc_token_zmalloc with the token of the type it wants. The malloc
 * inside zmalloc, compiled once, knows no type (token 0). Each twin announces
 * its caller's token for the time of the call, and that malloc takes it.
 *
 * Built without -fsanitize=alloc-token: a twin must call the plain wrapper.
 */
#include "typed_zmalloc.h"

#include <typeslab/token.h>

#define DEFINE_TYPED(name, size, params, args)               \
	void *__alloc_token_##name params;                   \
	void *__alloc_token_##name params                    \
	{                                                    \
		struct typeslab_caller caller;               \
		void *block;                                 \
                                                             \
		typeslab_caller_begin(&caller, size, token); \
		block = name args;                           \
		typeslab_caller_end(&caller);                \
		return block;                                \
	}

/* Declared by Redis with alloc_size; allocates nothing. */
void *extend_to_usable(void *ptr, size_t size);
void *__alloc_token_extend_to_usable(void *ptr, size_t size, size_t token);

/* What num elements take; the wrapper itself dies of an overflow. */
static size_t product(size_t num, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(num, size, &bytes) ? 0 : bytes;
}

DEFINE_TYPED(zmalloc, size, (size_t size, size_t token), (size))
DEFINE_TYPED(zcalloc, size, (size_t size, size_t token), (size))
DEFINE_TYPED(zcalloc_num, product(num, size),
	     (size_t num, size_t size, size_t token), (num, size))
DEFINE_TYPED(zrealloc, size, (void *ptr, size_t size, size_t token),
	     (ptr, size))
DEFINE_TYPED(ztrymalloc, size, (size_t size, size_t token), (size))
DEFINE_TYPED(ztrycalloc, size, (size_t size, size_t token), (size))
DEFINE_TYPED(ztryrealloc, size, (void *ptr, size_t size, size_t token),
	     (ptr, size))

DEFINE_TYPED(zmalloc_usable, size, (size_t size, size_t *usable, size_t token),
	     (size, usable))
DEFINE_TYPED(zcalloc_usable, size, (size_t size, size_t *usable, size_t token),
	     (size, usable))
DEFINE_TYPED(zrealloc_usable, size,
	     (void *ptr, size_t size, size_t *usable, size_t token),
	     (ptr, size, usable))
DEFINE_TYPED(ztrymalloc_usable, size,
	     (size_t size, size_t *usable, size_t token), (size, usable))
DEFINE_TYPED(ztrycalloc_usable, size,
	     (size_t size, size_t *usable, size_t token), (size, usable))
DEFINE_TYPED(ztryrealloc_usable, size,
	     (void *ptr, size_t size, size_t *usable, size_t token),
	     (ptr, size, usable))

void *__alloc_token_extend_to_usable(void *ptr, size_t size, size_t token)
{
	(void)token;
	return extend_to_usable(ptr, size);
}
