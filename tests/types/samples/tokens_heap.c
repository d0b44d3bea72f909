/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens_heap: prints each token that it is given, in place of a heap.
 *
 * Built without types; memory comes from the C library's own names.
 */
#define _GNU_SOURCE
#include "tokens.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

const char *told;

#define TELL(name) printf("%s: " #name " %016zx\n", told, token)

#define HEAP(type, name, arguments, ...)        \
	type __alloc_token_##name(__VA_ARGS__); \
	type __alloc_token_##name(__VA_ARGS__)  \
	{                                       \
		TELL(name);                     \
		return name arguments;          \
	}

HEAP(void *, malloc, (size), size_t size, size_t token)
HEAP(void *, calloc, (n, size), size_t n, size_t size, size_t token)
HEAP(void *, realloc, (block, size), void *block, size_t size, size_t token)
HEAP(void *, reallocarray, (block, n, size), void *block, size_t n, size_t size,
     size_t token)
HEAP(void *, aligned_alloc, (by, size), size_t by, size_t size, size_t token)
HEAP(void *, memalign, (by, size), size_t by, size_t size, size_t token)
HEAP(void *, valloc, (size), size_t size, size_t token)
HEAP(int, posix_memalign, (block, by, size), void **block, size_t by,
     size_t size, size_t token)
