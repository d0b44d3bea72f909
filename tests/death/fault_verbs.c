/* SPDX-License-Identifier: Apache-2.0 */
/* fault_verbs: what may be done with a pointer, under every name it has. */
#define _GNU_SOURCE
#include "fault.h"

#include <malloc.h>
#include <stdlib.h>

/* The C++ operators and C23's functions, which no C header of ours declares. */
void _ZdlPv(void *p);
void _ZdaPv(void *p);
void _ZdlPvm(void *p, size_t size);
void _ZdaPvm(void *p, size_t size);
void _ZdlPvSt11align_val_t(void *p, size_t align);
void _ZdlPvmSt11align_val_t(void *p, size_t size, size_t align);
void _ZdaPvmSt11align_val_t(void *p, size_t size, size_t align);
void _ZdlPvRKSt9nothrow_t(void *p, const void *nothrow);
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t align, size_t size);
void *reallocf(void *p, size_t size);
void *__alloc_token_realloc(void *p, size_t size, size_t token);
void *__alloc_token_9_reallocarray(void *p, size_t count, size_t size);

static void do_free(void *p)
{
	free(p);
}

static void do_delete(void *p)
{
	_ZdlPv(p);
}

static void do_delete_array(void *p)
{
	_ZdaPv(p);
}

static void do_delete_aligned(void *p)
{
	_ZdlPvSt11align_val_t(p, 16);
}

static void do_delete_nothrow(void *p)
{
	_ZdlPvRKSt9nothrow_t(p, "");
}

static void do_free_sized(void *p)
{
	free_sized(p, 100);
}

static void do_realloc(void *p)
{
	hide(realloc(p, 200));
}

static void do_reallocarray(void *p)
{
	hide(reallocarray(p, 3, 7));
}

static void do_reallocf(void *p)
{
	hide(reallocf(p, 1000000));
}

static void do_token_realloc(void *p)
{
	hide(__alloc_token_realloc(p, 100, 0xab4823cf5091d769));
}

static void do_fast_reallocarray(void *p)
{
	hide(__alloc_token_9_reallocarray(p, 1, 100));
}

static void do_size_query(void *p)
{
	hide((void *)malloc_usable_size(p));
}

#define FREES	 "free", "double"
#define REALLOCS "realloc", "freed"

const struct fault_verb fault_verbs[] = {
	{ "free", FREES, do_free },
	{ "delete", FREES, do_delete },
	{ "delete-array", FREES, do_delete_array },
	{ "delete-aligned", FREES, do_delete_aligned },
	{ "delete-nothrow", FREES, do_delete_nothrow },
	/* Of a freed block, the size may be called wrong first. */
	{ "free-sized", "free", NULL, do_free_sized },
	{ "realloc", REALLOCS, do_realloc },
	{ "reallocarray", REALLOCS, do_reallocarray },
	{ "reallocf", REALLOCS, do_reallocf },
	{ "token-realloc", REALLOCS, do_token_realloc },
	{ "fast-reallocarray", REALLOCS, do_fast_reallocarray },
	{ "size-query", "size query", "freed", do_size_query },
	{ NULL, NULL, NULL, NULL },
};

static void by_free_sized(void *p, size_t align, size_t claim)
{
	(void)align;
	free_sized(p, claim);
}

static void by_free_aligned_sized(void *p, size_t align, size_t claim)
{
	free_aligned_sized(p, align, claim);
}

static void by_delete(void *p, size_t align, size_t claim)
{
	(void)align;
	_ZdlPvm(p, claim);
}

static void by_delete_array(void *p, size_t align, size_t claim)
{
	(void)align;
	_ZdaPvm(p, claim);
}

static void by_delete_aligned(void *p, size_t align, size_t claim)
{
	_ZdlPvmSt11align_val_t(p, claim, align);
}

static void by_delete_array_aligned(void *p, size_t align, size_t claim)
{
	_ZdaPvmSt11align_val_t(p, claim, align);
}

#define MIB ((size_t)1 << 20)

const struct fault_size fault_sizes[] = {
	{ "free-sized-larger", 100, 0, 500, 0, by_free_sized },
	{ "free-sized-smaller", 500, 0, 100, 0, by_free_sized },
	{ "free-sized-zero", 500, 0, 0, 0, by_free_sized },
	{ "free-sized-huge", 100, 0, (size_t)-1, 0, by_free_sized },
	{ "free-sized-next-class", 64, 0, 81, 0, by_free_sized },
	{ "free-sized-with-canary", 60, 0, 80, 0, by_free_sized },
	{ "free-sized-large", 5 * MIB, 0, 4 * MIB, 0, by_free_sized },
	{ "free-sized-large-small", 5 * MIB, 0, 100, 0, by_free_sized },
	{ "free-sized-small-large", 100, 0, 5 * MIB, 0, by_free_sized },
	{ "aligned-larger", 100, 64, 5000, 0, by_free_aligned_sized },
	{ "aligned-smaller", 5000, 64, 100, 0, by_free_aligned_sized },
	{ "delete-larger", 48, 0, 1000, 0, by_delete },
	{ "delete-smaller", 1000, 0, 48, 0, by_delete },
	{ "delete-large", 5 * MIB, 0, 9 * MIB, 0, by_delete },
	{ "delete-array-larger", 48, 0, 1000, 0, by_delete_array },
	{ "delete-aligned-larger", 48, 128, 9000, 0, by_delete_aligned },
	{ "delete-array-aligned-smaller", 9000, 128, 48, 0,
	  by_delete_array_aligned },
	{ "right-free-sized", 100, 0, 100, 1, by_free_sized },
	{ "right-free-sized-zero", 0, 0, 0, 1, by_free_sized },
	{ "right-free-sized-one", 1, 0, 1, 1, by_free_sized },
	{ "right-free-sized-page", 4096, 0, 4096, 1, by_free_sized },
	{ "right-free-sized-medium", 100000, 0, 100000, 1, by_free_sized },
	{ "right-free-sized-large", 5 * MIB + 1, 0, 5 * MIB + 1, 1,
	  by_free_sized },
	{ "right-aligned", 100, 64, 100, 1, by_free_aligned_sized },
	{ "right-aligned-page", 100, 4096, 100, 1, by_free_aligned_sized },
	{ "right-aligned-mib", 100, MIB, 100, 1, by_free_aligned_sized },
	{ "right-delete", 48, 0, 48, 1, by_delete },
	{ "right-delete-array", 3 * MIB, 0, 3 * MIB, 1, by_delete_array },
	{ "right-delete-aligned", 48, 128, 48, 1, by_delete_aligned },
	{ "right-delete-array-aligned", 9000, 256, 9000, 1,
	  by_delete_array_aligned },
	{ NULL, 0, 0, 0, 0, NULL },
};
