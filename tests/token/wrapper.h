/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrapper: a program's own allocation functions, as its authors wrote them.
 *
 * wrapper_attributes.h is forced in before it when the callers are compiled
 * in extended mode, as one would do with a program one must not touch.
 */
#ifndef TOKEN_WRAPPER_H
#define TOKEN_WRAPPER_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);

#endif /* TOKEN_WRAPPER_H */
