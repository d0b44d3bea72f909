/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/audit_build.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* So many times that what is kept of each is seen beside libc's own. */
#define TIMES 1000

static void test_leave(void **state)
{
	static const char *const paths[][2] = {
		{ "/watch/bin:/usr/bin:/bin", "/usr/bin:/bin" },
		{ "/usr/bin:/watch/bin:/watch/bin2", "/usr/bin:/watch/bin2" },
		{ "/watch/bin::/bin", ":/bin" },
		{ "/watch/bin:/bin:", "/bin:" },
		{ "/watch/bin", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		setenv("PATH", paths[i][0], 1);
		setenv(AUDIT_FOLDER, "/watch", 1);
		audit_leave("/watch");
		assert_string_equal(getenv("PATH"), paths[i][1]);
		assert_null(getenv(AUDIT_FOLDER));
	}
}

static void test_leave_keeps_no_memory(void **state)
{
	size_t before = 0;

	(void)state;
	for (int i = 0; i <= TIMES; i++) {
		setenv("PATH", "/watch/bin:/usr/bin:/bin", 1);
		audit_leave("/watch");
		/* The first time libc keeps the variable. */
		if (!i)
			before = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks < before + TIMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_leave_keeps_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
