/* SPDX-License-Identifier: Apache-2.0 */
/* What many programs have: allocation that cannot fail. */
#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
char *xstrdup(const char *text);
