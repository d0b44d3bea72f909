/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/text.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void test_append(void **state)
{
	struct text text;

	(void)state;
	text_init(&text);
	assert_int_equal(text_append(&text, "", 0), 0);
	assert_non_null(text.bytes);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(text_append(&text, "abc", 3), 0);
	assert_int_equal(text.length, 30000);
	assert_memory_equal(text.bytes + 29997, "abc", 3);
	text_fini(&text);
	assert_null(text.bytes);
}

static void test_pipe(void **state)
{
	struct text sent, got;
	int ends[2];

	(void)state;
	text_init(&sent);
	text_init(&got);
	assert_int_equal(text_append(&sent, "one\ntwo", 7), 0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(text_write_fd(&sent, ends[1]), 0);
	close(ends[1]);
	assert_int_equal(text_read_fd(&got, ends[0]), 0);
	close(ends[0]);
	assert_int_equal(got.length, 7);
	assert_memory_equal(got.bytes, "one\ntwo", 7);
	assert_int_equal(text_write_fd(&got, -1), -1);
	assert_int_equal(errno, EBADF);
	text_fini(&sent);
	text_fini(&got);
}

static void test_empty(void **state)
{
	int fd = open("/dev/null", O_RDONLY);
	struct text text;

	(void)state;
	text_init(&text);
	assert_int_equal(text_read_fd(&text, fd), 0);
	assert_int_equal(text.length, 0);
	assert_non_null(text.bytes);
	close(fd);
	text_fini(&text);
}

static void test_endless(void **state)
{
	int fd = open("/dev/zero", O_RDONLY);
	struct text text;

	(void)state;
	text_init(&text);
	assert_int_equal(text_read_fd(&text, fd), -1);
	assert_int_equal(errno, EFBIG);
	assert_true(text.length <= TEXT_LIMIT);
	close(fd);
	text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
