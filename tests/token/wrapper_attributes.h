/* SPDX-License-Identifier: Apache-2.0 */
/* Forced in with -include: what extended mode needs to see the wrappers. */
#ifndef TOKEN_WRAPPER_ATTRIBUTES_H
#define TOKEN_WRAPPER_ATTRIBUTES_H

#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, alloc_size(1)));
void *xcalloc(size_t count, size_t size)
	__attribute__((malloc, alloc_size(1, 2)));
void *xrealloc(void *old, size_t size) __attribute__((alloc_size(2)));

#endif /* TOKEN_WRAPPER_ATTRIBUTES_H */
