/* SPDX-License-Identifier: Apache-2.0 */
/* pages: the system calls that map memory; contract in os.h. */
#define _GNU_SOURCE
#include "os/os.h"

#include "base/align.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

/* Mappings beyond which nothing is refunded; and whether there are as many. */
static size_t most_mappings = 600;
static bool is_full;

#define RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static size_t system_page = 4096;
static size_t page_size = 4096;

void os_init(void)
{
	size_t size = getauxval(AT_PAGESZ);

	if (size)
		system_page = size;
	page_size = system_page;
}

size_t os_page_size(void)
{
	return page_size;
}

void os_raise_page_size(size_t size)
{
	page_size = size_max(page_size, size);
}

/* False, and why, where no page begins at @addr; else @size in whole pages. */
static bool make_whole(const void *addr, size_t *size)
{
	*size = round_up(*size, page_size);
	if (!((uintptr_t)addr & (page_size - 1)))
		return true;
	errno = EINVAL;
	return false;
}

static bool is_protect_refused;

static bool protect(void *addr, size_t size, int how)
{
	if (!make_whole(addr, &size))
		return false;
	if (!mprotect(addr, size, how))
		return true;
	if (errno != ENOMEM)
		__atomic_store_n(&is_protect_refused, true, __ATOMIC_RELAXED);
	return false;
}

bool os_is_protect_refused(void)
{
	return __atomic_load_n(&is_protect_refused, __ATOMIC_RELAXED);
}

static bool advise(void *addr, size_t size, int advice)
{
	return make_whole(addr, &size) && !madvise(addr, size, advice);
}

/* Where pages are made out to be larger than they are, @more was mapped. */
static char *cut_to_page(char *p, size_t size, size_t more)
{
	char *start = (char *)round_up((uintptr_t)p, page_size);

	if (start > p)
		munmap(p, start - p);
	if (start < p + more)
		munmap(start + size, p + more - start);
	return start;
}

void *os_reserve(size_t size)
{
	int saved = errno;
	size_t more = page_size - system_page;
	char *p = MAP_FAILED;
	size_t all;

	if (size_round_up(size, page_size, &size) && size_add(size, more, &all))
		p = mmap(NULL, all, PROT_NONE, RESERVED, -1, 0);
	errno = saved;
	return p == MAP_FAILED ? NULL : cut_to_page(p, size, more);
}

void os_release(void *addr, size_t size)
{
	int saved = errno;

	if (make_whole(addr, &size))
		munmap(addr, size);
	errno = saved;
}

bool os_commit(void *addr, size_t size)
{
	int saved = errno;
	bool done = protect(addr, size, PROT_READ | PROT_WRITE);

	errno = saved;
	return done;
}

bool os_commit_reserved(void *addr, size_t size)
{
	int saved = errno;
	void *p = MAP_FAILED;

	if (protect(addr, size, PROT_READ | PROT_WRITE))
		return true;
	/* A sandbox that refuses mprotect may still let us map anew. */
	if (errno != ENOMEM && make_whole(addr, &size))
		p = mmap(addr, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	errno = saved;
	return p != MAP_FAILED;
}

bool os_allow_reading(void *addr, size_t size)
{
	int saved = errno;
	bool done = protect(addr, size, PROT_READ);

	errno = saved;
	return done;
}

bool os_uncommit(void *addr, size_t size)
{
	int saved = errno;
	void *p = MAP_FAILED;

	if (make_whole(addr, &size))
		p = mmap(addr, size, PROT_READ, RESERVED | MAP_FIXED, -1, 0);
	errno = saved;
	return p != MAP_FAILED;
}

bool os_forbid(void *addr, size_t size)
{
	int saved = errno;
	bool done = protect(addr, size, PROT_NONE);

	errno = saved;
	return done;
}

bool os_purge(void *addr, size_t size)
{
	int saved = errno;
	bool done = advise(addr, size, MADV_DONTNEED);

	errno = saved;
	return done;
}

/* Of the page at @addr, where it is several of the system's. */
static bool look_into_page(char *addr, unsigned char *has_memory)
{
	unsigned char part = 0;

	*has_memory = 0;
	for (size_t at = 0; at < page_size; at += system_page) {
		if (mincore(addr + at, system_page, &part))
			return false;
		*has_memory |= part;
	}
	return true;
}

bool os_look_for_memory(void *addr, size_t size, unsigned char *has_memory)
{
	int saved = errno;
	bool done = make_whole(addr, &size);

	if (page_size == system_page)
		done = done && !mincore(addr, size, has_memory);
	else
		for (size_t i = 0; done && i < size / page_size; i++)
			done = look_into_page((char *)addr + i * page_size,
					      &has_memory[i]);
	errno = saved;
	return done;
}

static void avoid_huge_pages(void *addr, size_t size)
{
	int saved = errno;

	advise(addr, size, MADV_NOHUGEPAGE);
	errno = saved;
}

void os_expect_mappings(size_t nr)
{
	most_mappings += nr;
}

static size_t nr_most_mappings(void)
{
	return __atomic_load_n(&most_mappings, __ATOMIC_RELAXED);
}

void os_spend_mappings(void)
{
	static bool is_known;
	size_t most;

	if (__atomic_exchange_n(&is_known, true, __ATOMIC_RELAXED))
		return;
	most = os_mappings_allowed() / 4;
	if (most <= nr_most_mappings())
		return;
	__atomic_store_n(&most_mappings, most, __ATOMIC_RELAXED);
	__atomic_store_n(&is_full, false, __ATOMIC_RELAXED);
}

/*
 * What lies between used pages becomes a mapping, and makes two of one. There
 * are 65,530 for all that the process does; we make do with a part. They are
 * counted so often that a fourth comes on top at most.
 */
static bool may_split(void)
{
	static size_t nr_refunds;
	size_t most = nr_most_mappings();

	if (__atomic_fetch_add(&nr_refunds, 1, __ATOMIC_RELAXED) % (most / 8) ==
	    0)
		__atomic_store_n(&is_full, os_has_mappings(most),
				 __ATOMIC_RELAXED);
	return !__atomic_load_n(&is_full, __ATOMIC_RELAXED);
}

bool os_refund(void *addr, size_t size)
{
	int saved = errno;
	void *p = MAP_FAILED;

	if (may_split() && make_whole(addr, &size))
		p = mmap(addr, size, PROT_NONE, RESERVED | MAP_FIXED, -1, 0);
	errno = saved;
	if (p == MAP_FAILED)
		return false;
	avoid_huge_pages(addr, size);
	return true;
}

void os_mark_reserve(void *addr, size_t size)
{
	int saved = errno;

	avoid_huge_pages(addr, size);
	advise(addr, size, MADV_DONTDUMP);
	errno = saved;
}

void os_mark_used(void *addr, size_t size)
{
	int saved = errno;

	advise(addr, size, MADV_DODUMP);
	errno = saved;
}

void *os_wiped_page(void)
{
	int saved = errno;
	char *before = os_reserve(3 * page_size);
	char *p = before ? before + page_size : NULL;

	if (p && !(os_commit(p, page_size) &&
		   advise(p, page_size, MADV_WIPEONFORK))) {
		os_release(before, 3 * page_size);
		p = NULL;
	}
	errno = saved;
	return p;
}
