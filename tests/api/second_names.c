/* SPDX-License-Identifier: Apache-2.0 */
/*
 * second_names: a program that wraps malloc and free, and no more, by glibc's
 * second names of them: its blocks and those of other doors go through both.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <typeslab/whatis.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nr, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);
void *__libc_valloc(size_t size);
void *__libc_pvalloc(size_t size);
void __libc_free(void *p);

static size_t nr_allocs, nr_frees;

void *malloc(size_t size)
{
	nr_allocs++;
	return __libc_malloc(size);
}

void free(void *p)
{
	nr_frees++;
	__libc_free(p);
}

static void demand(void *p, const char *what)
{
	struct typeslab_whatis info;

	if (!p || !typeslab_whatis(p, &info) || !info.live) {
		printf("%s: not of this heap\n", what);
		exit(1);
	}
	free(p);
}

int main(void)
{
	demand(malloc(100), "malloc");
	demand(strdup("made by libc"), "strdup");
	demand(calloc(3, 100), "calloc");
	demand(realloc(malloc(10), 10000), "realloc");
	demand(aligned_alloc(64, 640), "aligned_alloc");
	demand(__libc_calloc(3, 100), "__libc_calloc");
	demand(__libc_realloc(malloc(10), 10000), "__libc_realloc");
	demand(__libc_memalign(64, 640), "__libc_memalign");
	demand(__libc_valloc(100), "__libc_valloc");
	demand(__libc_pvalloc(100), "__libc_pvalloc");
	if (nr_allocs < 4 || nr_frees < 10) {
		puts("the program's own doors were passed by");
		return 1;
	}
	return 0;
}
