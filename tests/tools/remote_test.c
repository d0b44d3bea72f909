/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/remote.h"

#include "tests/tools/child.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SYMBOL "typeslab_live_1"

/* Stands for the root in a program that is linked statically. */
char remote_test_root[16] = "static root";

static char folder[] = "/tmp/remote_test-XXXXXX";

/* Finds @name in a child, at @want, and reads @content there. */
static void check_found(const char *name, const void *want, const char *content)
{
	pid_t pid = start_child();
	uintptr_t address = 0;
	char got[16] = { 0 };

	assert_int_equal(remote_find_symbol(pid, name, &address), 0);
	assert_int_equal(address, (uintptr_t)want);
	assert_int_equal(remote_read(pid, address, got, sizeof(got)), 0);
	assert_string_equal(got, content);
	end_child(pid);
}

/* Loads a library; its symbol's address. */
static void *load(const char *path, void **handle)
{
	void *symbol;

	*handle = dlopen(path, RTLD_NOW);
	assert_non_null(*handle);
	symbol = dlsym(*handle, SYMBOL);
	assert_non_null(symbol);
	return symbol;
}

static void copy_file(const char *from, const char *to)
{
	char piece[4096];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t got;

	assert_non_null(in);
	assert_non_null(out);
	while ((got = fread(piece, 1, sizeof(piece), in)))
		assert_int_equal(fwrite(piece, 1, got, out), got);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static void test_preloaded(void **state)
{
	void *handle;
	void *symbol = load(getenv("FAKE_HEAP"), &handle);

	(void)state;
	check_found(SYMBOL, symbol, "fake live root");
	dlclose(handle);
}

static void test_other_object(void **state)
{
	void *handle;
	void *symbol = load(getenv("FAKE_OTHER"), &handle);

	(void)state;
	check_found(SYMBOL, symbol, "fake live root");
	dlclose(handle);
}

/* Where both have it, libtypeslab is asked first, wherever it lies. */
static void check_both(const char *first, const char *second)
{
	void *handles[2];
	void *symbols[2] = { load(first, &handles[0]),
			     load(second, &handles[1]) };

	assert_ptr_not_equal(symbols[0], symbols[1]);
	check_found(SYMBOL, symbols[first == getenv("FAKE_OTHER")],
		    "fake live root");
	dlclose(handles[0]);
	dlclose(handles[1]);
}

static void test_both(void **state)
{
	(void)state;
	check_both(getenv("FAKE_OTHER"), getenv("FAKE_HEAP"));
	check_both(getenv("FAKE_HEAP"), getenv("FAKE_OTHER"));
}

static void test_program_itself(void **state)
{
	(void)state;
	check_found("remote_test_root", remote_test_root, "static root");
}

/* A package upgrade takes the file away beneath a running program. */
static void test_deleted(void **state)
{
	char path[64];
	void *handle, *symbol;

	(void)state;
	snprintf(path, sizeof(path), "%s/libtypeslab.so", folder);
	copy_file(getenv("FAKE_HEAP"), path);
	symbol = load(path, &handle);
	assert_int_equal(unlink(path), 0);
	check_found(SYMBOL, symbol, "fake live root");
	/* And puts another in its place. */
	copy_file("/proc/self/exe", path);
	check_found(SYMBOL, symbol, "fake live root");
	assert_int_equal(unlink(path), 0);
	dlclose(handle);
}

static void test_absent(void **state)
{
	pid_t pid = start_child();
	uintptr_t address;

	(void)state;
	assert_int_equal(remote_find_symbol(pid, "no_such_root", &address), -1);
	end_child(pid);
	assert_int_equal(remote_find_symbol(pid, SYMBOL, &address), -1);
	assert_int_equal(remote_read(pid, 4096, &address, 8), -1);
	assert_int_equal(errno, ESRCH);
}

/* What lies across the end of a mapping is not read in part. */
static void test_bad_address(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char got[16];
	pid_t pid;

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	memset(pages, 'x', page);
	assert_int_equal(munmap(pages + page, page), 0);
	pid = start_child();
	assert_int_equal(remote_read(pid, 8, got, sizeof(got)), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(
		remote_read(pid, (uintptr_t)pages + page - 16, got, 16), 0);
	assert_memory_equal(got, "xxxxxxxxxxxxxxxx", 16);
	errno = 0;
	assert_int_equal(remote_read(pid, (uintptr_t)pages + page - 8, got, 16),
			 -1);
	assert_int_equal(errno, EFAULT);
	end_child(pid);
	munmap(pages, page);
}

static int create_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_preloaded),
		cmocka_unit_test(test_other_object),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_program_itself),
		cmocka_unit_test_setup_teardown(test_deleted, create_folder,
						remove_folder),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_bad_address),
	};

	return cmocka_run_group_tests_name("remote", tests, NULL, NULL);
}
