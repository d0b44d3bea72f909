/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault_damages: writes past a block's end and after its free.
 *
 * The first is seen when the block is freed, the second when its memory is
 * handed out again: that is waited for, as often as it takes.
 */
#include "fault.h"

#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <typeslab/check.h>

void free_sized(void *p, size_t size);

#define KIB ((size_t)1 << 10)

static char *end_of(char *p)
{
	return p + malloc_usable_size(p);
}

/* A byte that was not there: the canary's last seven are any. */
static void spoil(char *p)
{
	*(volatile char *)p ^= 0x5a;
}

static void over_by_one(char *p, size_t size)
{
	(void)size;
	spoil(end_of(p));
	free(p);
}

static void over_by_last(char *p, size_t size)
{
	(void)size;
	spoil(end_of(p) + 7);
	free(p);
}

static void over_by_memset(char *p, size_t size)
{
	(void)size;
	memset(hide(end_of(p)), 'A', 8);
	free(p);
}

static void over_then_realloc(char *p, size_t size)
{
	spoil(end_of(p));
	free(hide(realloc(p, 3 * size + 5000)));
}

static void over_then_free_sized(char *p, size_t size)
{
	spoil(end_of(p));
	free_sized(p, size);
}

static void *free_in_thread(void *p)
{
	free(p);
	return NULL;
}

static void over_then_thread(char *p, size_t size)
{
	pthread_t thread;

	(void)size;
	spoil(end_of(p));
	if (!pthread_create(&thread, NULL, free_in_thread, p))
		pthread_join(thread, NULL);
}

/* Never freed: only who asks is told. */
static void over_then_check(char *p, size_t size)
{
	(void)size;
	spoil(end_of(p));
	if (typeslab_check() != 1)
		abort();
	spoil(end_of(p));
}

static void check_nothing(char *p, size_t size)
{
	(void)p;
	(void)size;
	if (typeslab_check())
		abort();
}

/* The canary's first byte is zero: one more is harmless, and unseen. */
static void over_by_zero(char *p, size_t size)
{
	(void)size;
	*(volatile char *)end_of(p) = 0;
	free(p);
}

static void fill_all(char *p, size_t size)
{
	(void)size;
	memset(p, 'x', malloc_usable_size(p));
	free(p);
}

/* Until the block is handed out again. */
static void churn(size_t size)
{
	for (int i = 0; i < 300000; i++)
		free(fault_malloc(size));
}

static void late_at(char *p, size_t size, size_t at)
{
	free(p);
	((char *)hide(p))[at] = 1;
	churn(size);
}

static void late_first(char *p, size_t size)
{
	late_at(p, size, 0);
}

static void late_middle(char *p, size_t size)
{
	late_at(p, size, size / 2);
}

static void late_last(char *p, size_t size)
{
	late_at(p, size, malloc_usable_size(p) - 1);
}

static void late_canary(char *p, size_t size)
{
	late_at(p, size, malloc_usable_size(p) + 3);
}

const struct fault_damage fault_damages[] = {
	{ "over-by-one", "overflow", 100, over_by_one },
	{ "over-by-one-tiny", "overflow", 1, over_by_one },
	{ "over-by-one-zero", "overflow", 0, over_by_one },
	{ "over-by-one-page", "overflow", 4096, over_by_one },
	{ "over-by-one-32K", "overflow", 32 * KIB - 8, over_by_one },
	{ "over-by-last", "overflow", 100, over_by_last },
	{ "over-by-memset", "overflow", 100, over_by_memset },
	{ "over-then-realloc", "overflow", 100, over_then_realloc },
	{ "over-then-free-sized", "overflow", 100, over_then_free_sized },
	{ "over-then-thread", "overflow", 100, over_then_thread },
	{ "over-then-check", "overflow", 100, over_then_check },
	{ "check-nothing", NULL, 100, check_nothing },
	{ "over-by-zero", NULL, 100, over_by_zero },
	{ "fill-all", NULL, 100, fill_all },
	{ "fill-all-medium", NULL, 50 * KIB, fill_all },
	{ "late-first", "write after free", 100, late_first },
	{ "late-first-tiny", "write after free", 1, late_first },
	{ "late-first-page", "write after free", 4096, late_first },
	{ "late-middle", "write after free", 1000, late_middle },
	{ "late-last", "write after free", 1000, late_last },
	{ "late-canary", "write after free", 1000, late_canary },
	{ "late-first-medium", "write after free", 50 * KIB, late_first },
	{ "late-last-medium", "write after free", 50 * KIB, late_last },
	{ "late-last-large", "write after free", 5000 * KIB, late_last },
	{ NULL, NULL, 0, NULL },
};
