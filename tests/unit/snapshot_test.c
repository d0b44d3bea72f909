/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include "heap/heap.h"
#include "heap/live.h"
#include "heap/snapshot.h"
#include "typeslab/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>

extern struct live_root typeslab_live_1;

static char directory[] = "/tmp/unit-snapshot-XXXXXX";
static char path[64];

static void test_root(void **state)
{
	(void)state;
	heap_free(heap_alloc(1, 0, 1));
	assert_true(typeslab_live_1.magic == LIVE_MAGIC);
	assert_int_equal(typeslab_live_1.version, LIVE_VERSION);
	assert_ptr_equal((void *)typeslab_live_1.layout, &layout);
	assert_ptr_equal((void *)typeslab_live_1.first_heap, &thread_heaps);
}

static size_t read_file(char *out, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t got;

	assert_true(fd >= 0);
	got = read(fd, out, size - 1);
	close(fd);
	assert_true(got >= 0);
	out[got] = '\0';
	return got;
}

static void test_write(void **state)
{
	static char text[65536];
	char pid[64];
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	(void)state;
	snapshot_write(fd);
	close(fd);
	read_file(text, sizeof(text));
	assert_int_equal(
		strncmp(text, TYPESLAB_SNAPSHOT_HEAD TYPESLAB_SNAPSHOT_COLUMNS,
			strlen(TYPESLAB_SNAPSHOT_HEAD
				       TYPESLAB_SNAPSHOT_COLUMNS)),
		0);
	snprintf(pid, sizeof(pid), "# typeslab pid %d\n", getpid());
	assert_non_null(strstr(text, pid));
	/* There it is the emulator's. */
	if (!getenv("EMULATOR"))
		assert_non_null(
			strstr(text, "# typeslab program snapshot_test\n"));
	unlink(path);
}

/* Ends as a program does, destructors and all. */
static void live_and_exit(void *options)
{
	setenv("TYPESLAB", options, 1);
	heap_free(heap_alloc(100, 0, 1));
	exit(0);
}

static void test_at_exit(void **state)
{
	char options[128], said[256];
	struct unit_child child;
	struct stat info;
	static char text[65536];

	(void)state;
	snprintf(options, sizeof(options), "data=3,snapshot=%s", path);
	child = unit_run(live_and_exit, options);
	assert_string_equal(child.text, "");
	assert_int_equal(child.status, 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	read_file(text, sizeof(text));
	assert_non_null(strstr(text, "# typeslab partitions 3 8 16\n"));
	assert_non_null(strstr(text, "# typeslab allocations 0 0 1\n"));
	assert_non_null(strstr(text, "\n" TYPESLAB_SNAPSHOT_END));
	/* A second time the file is there: it stays as it was. */
	snprintf(said, sizeof(said), "typeslab: snapshot: cannot create %s\n",
		 path);
	child = unit_run(live_and_exit, options);
	assert_string_equal(child.text, said);
	assert_int_equal(child.status, 0);
	unlink(path);
}

static void test_no_file(void **state)
{
	struct unit_child child = unit_run(live_and_exit, "");

	(void)state;
	assert_string_equal(child.text, "");
	assert_int_equal(child.status, 0);
	child = unit_run(live_and_exit, "snapshot=/no/such/directory/file");
	assert_string_equal(
		child.text,
		"typeslab: snapshot: cannot create /no/such/directory/file\n");
	assert_int_equal(child.status, 0);
}

/* Longer than a path may be, once each %p has three digits or more. */
static void test_long_name(void **state)
{
	static const char said[] = "typeslab: snapshot: cannot create /";
	static char options[4096] = "snapshot=/";
	struct unit_child child;

	(void)state;
	if (getpid() < 100)
		skip();
	for (size_t i = 10; i < 4010; i += 2)
		memcpy(options + i, "%p", 2);
	child = unit_run(live_and_exit, options);
	assert_memory_equal(child.text, said, sizeof(said) - 1);
	assert_int_equal(child.status, 0);
}

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/file", directory);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_at_exit),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
