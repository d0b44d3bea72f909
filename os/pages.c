/* SPDX-License-Identifier: Apache-2.0 */
/* pages: the system calls that map memory; contract in os.h. */
#define _GNU_SOURCE
#include "os/os.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static size_t page_size = 4096;

void os_init(void)
{
	size_t size = getauxval(AT_PAGESZ);

	if (size)
		page_size = size;
}

size_t os_page_size(void)
{
	return page_size;
}

void *os_reserve(size_t size)
{
	int saved = errno;
	void *p = mmap(NULL, size, PROT_NONE, RESERVED, -1, 0);

	errno = saved;
	return p == MAP_FAILED ? NULL : p;
}

void os_release(void *addr, size_t size)
{
	int saved = errno;

	munmap(addr, size);
	errno = saved;
}

bool os_commit(void *addr, size_t size)
{
	int saved = errno;
	bool done = !mprotect(addr, size, PROT_READ | PROT_WRITE);

	errno = saved;
	return done;
}

bool os_commit_reserved(void *addr, size_t size)
{
	int saved = errno;
	void *p = addr;

	/* A sandbox that refuses mprotect may still let us map anew. */
	if (mprotect(addr, size, PROT_READ | PROT_WRITE))
		p = errno == ENOMEM
			    ? MAP_FAILED
			    : mmap(addr, size, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
				   0);
	errno = saved;
	return p != MAP_FAILED;
}

bool os_allow_reading(void *addr, size_t size)
{
	int saved = errno;
	bool done = !mprotect(addr, size, PROT_READ);

	errno = saved;
	return done;
}

bool os_forbid(void *addr, size_t size)
{
	int saved = errno;
	bool done = !mprotect(addr, size, PROT_NONE);

	errno = saved;
	return done;
}

bool os_purge(void *addr, size_t size)
{
	int saved = errno;
	bool done = !madvise(addr, size, MADV_DONTNEED);

	errno = saved;
	return done;
}

bool os_look_for_memory(void *addr, size_t size, unsigned char *has_memory)
{
	int saved = errno;
	bool done = !mincore(addr, size, has_memory);

	errno = saved;
	return done;
}

static void avoid_huge_pages(void *addr, size_t size)
{
	int saved = errno;

	madvise(addr, size, MADV_NOHUGEPAGE);
	errno = saved;
}

bool os_refund(void *addr, size_t size)
{
	int saved = errno;
	void *p = mmap(addr, size, PROT_NONE, RESERVED | MAP_FIXED, -1, 0);

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
	madvise(addr, size, MADV_DONTDUMP);
	errno = saved;
}

void os_mark_used(void *addr, size_t size)
{
	int saved = errno;

	madvise(addr, size, MADV_DODUMP);
	errno = saved;
}

void *os_wiped_page(void)
{
	int saved = errno;
	void *p = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED && madvise(p, page_size, MADV_WIPEONFORK)) {
		munmap(p, page_size);
		p = MAP_FAILED;
	}
	errno = saved;
	return p == MAP_FAILED ? NULL : p;
}
