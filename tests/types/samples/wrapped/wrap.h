/* SPDX-License-Identifier: Apache-2.0 */
/* A program's own allocation functions, of every kind there is. */
#include <stddef.h>

struct context;
typedef struct {
	int x;
} nameless;

void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *old, size_t n);
char *xstrdup(const char *text);
void *from_context(struct context *context, int n);
void *with_header(size_t head, size_t tail);
void *indirect(size_t n);
void *typed_inside(size_t n);
void *nameless_alloc(nameless *pool, size_t n);
void *variadic(size_t n, ...);
int by_pointer(void **out, size_t n);
void *reserve(void *p, size_t has, size_t n);
void *reserve_more(void *p, size_t has, size_t n);
void *reserve_first(size_t n);
void *lookup(int i);
