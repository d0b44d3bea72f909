/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "os/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void test_call(void **state)
{
	char byte = 'x';
	long fd;

	(void)state;
	errno = E2BIG;
	assert_int_equal(raw_call(SYS_getpid, 0, 0, 0, 0), getpid());
	fd = raw_call(SYS_openat, AT_FDCWD, (long)"/dev/zero", O_RDONLY, 0);
	assert_true(fd >= 0);
	assert_int_equal(raw_call(SYS_read, fd, (long)&byte, 1, 0), 1);
	assert_int_equal(byte, 0);
	assert_int_equal(raw_call(SYS_close, fd, 0, 0, 0), 0);
	assert_int_equal(raw_call(SYS_close, fd, 0, 0, 0), -EBADF);
	assert_int_equal(errno, E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
