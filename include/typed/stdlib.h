/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stdlib.h: the system's, and types for two functions that lose them.
 *
 * `typeslab cc` puts this folder before the system's (-isystem). For C only,
 * and under -fsanitize=alloc-token only.
 *
 * reallocarray: glibc declares it with alloc_size alone; with the malloc
 * attribute clang finds the type in a sizeof or a cast, as for realloc.
 *
 * posix_memalign: gives its block through a pointer, so that only its size can
 * tell the type: n * sizeof(T) does, a plain number leaves token 0. A macro,
 * so that &posix_memalign and (posix_memalign)(...) are what they were; who
 * declares it again does so in brackets, or takes --typeslab-no-header.
 */
#pragma GCC system_header

#include_next <stdlib.h>

#ifndef TYPED_STDLIB_H
#define TYPED_STDLIB_H

#if defined(__SANITIZE_ALLOC_TOKEN__) && !defined(__cplusplus)

/* What the C library hides (-std=c99) is the program's to name. */
#if defined(__USE_MISC) || (!defined(__GLIBC__) && \
			    (defined(_GNU_SOURCE) || defined(_BSD_SOURCE)))
void *reallocarray(void *block, __SIZE_TYPE__ count, __SIZE_TYPE__ size)
	__attribute__((__malloc__, __alloc_size__(2, 3)));
#endif

#if defined(__USE_XOPEN2K) ||                                   \
	(!defined(__GLIBC__) &&                                 \
	 (defined(_GNU_SOURCE) || defined(_BSD_SOURCE) ||       \
	  defined(_POSIX_C_SOURCE) || defined(_POSIX_SOURCE) || \
	  defined(_XOPEN_SOURCE)))
int __alloc_token_posix_memalign(void **block, __SIZE_TYPE__ alignment,
				 __SIZE_TYPE__ size, __SIZE_TYPE__ token);

#ifndef posix_memalign
#define posix_memalign(block, alignment, size)               \
	__alloc_token_posix_memalign(block, alignment, size, \
				     __builtin_infer_alloc_token(size))
#endif
#endif

#endif

#endif /* TYPED_STDLIB_H */
