/* SPDX-License-Identifier: Apache-2.0 */
/* memory: what the slab API's tests ask about an object's memory. */
#ifndef TESTS_KMEM_MEMORY_H
#define TESTS_KMEM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool is_all(const void *p, unsigned char value, size_t size)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < size; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

static inline bool is_aligned(const void *p, size_t align)
{
	return !((uintptr_t)p & (align - 1));
}

#endif /* TESTS_KMEM_MEMORY_H */
