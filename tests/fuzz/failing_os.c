/* SPDX-License-Identifier: Apache-2.0 */
/* failing_os: see failing_os.h. */
#include "tests/fuzz/failing_os.h"

#include "tests/fuzz/bytes.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/types.h>

void *__real_mmap(void *addr, size_t size, int protection, int flags, int fd,
		  off_t offset);
void *__real_mmap64(void *addr, size_t size, int protection, int flags, int fd,
		    off_t offset);
int __real_mprotect(void *addr, size_t size, int protection);
int __real_madvise(void *addr, size_t size, int advice);
void __real_os_random(void *out, size_t size);

void *__wrap_mmap(void *addr, size_t size, int protection, int flags, int fd,
		  off_t offset);
void *__wrap_mmap64(void *addr, size_t size, int protection, int flags, int fd,
		    off_t offset);
int __wrap_mprotect(void *addr, size_t size, int protection);
int __wrap_madvise(void *addr, size_t size, int advice);
void __wrap_os_random(void *out, size_t size);

static unsigned int planned;
static int planned_error;
static uint64_t first_to_fail;
static uint64_t nr_to_fail;
static uint64_t nr_calls;
static uint64_t nr_failures;
static uint64_t random_state;

void failing_os_plan(unsigned int mask, uint64_t first, uint64_t many,
		     int error)
{
	planned_error = error;
	planned = mask;
	first_to_fail = first;
	nr_to_fail = many;
	nr_calls = 0;
	nr_failures = 0;
}

void failing_os_stop(void)
{
	planned = 0;
}

uint64_t failing_os_calls(void)
{
	return nr_calls;
}

uint64_t failing_os_failures(void)
{
	return nr_failures;
}

void failing_os_seed(uint64_t seed)
{
	random_state = seed | 1;
}

static bool must_fail(enum os_call call)
{
	if (!(planned >> call & 1))
		return false;
	nr_calls++;
	if (nr_calls < first_to_fail || nr_calls - first_to_fail >= nr_to_fail)
		return false;
	nr_failures++;
	errno = planned_error;
	return true;
}

void *__wrap_mmap(void *addr, size_t size, int protection, int flags, int fd,
		  off_t offset)
{
	if (must_fail(CALL_MMAP))
		return MAP_FAILED;
	return __real_mmap(addr, size, protection, flags, fd, offset);
}

void *__wrap_mmap64(void *addr, size_t size, int protection, int flags, int fd,
		    off_t offset)
{
	if (must_fail(CALL_MMAP))
		return MAP_FAILED;
	return __real_mmap64(addr, size, protection, flags, fd, offset);
}

int __wrap_mprotect(void *addr, size_t size, int protection)
{
	if (must_fail(CALL_MPROTECT))
		return -1;
	return __real_mprotect(addr, size, protection);
}

int __wrap_madvise(void *addr, size_t size, int advice)
{
	if (must_fail(CALL_MADVISE))
		return -1;
	return __real_madvise(addr, size, advice);
}

void __wrap_os_random(void *out, size_t size)
{
	unsigned char *byte = out;

	if (!random_state) {
		__real_os_random(out, size);
		return;
	}
	for (size_t i = 0; i < size; i++)
		byte[i] = (unsigned char)bytes_mix(&random_state);
}
