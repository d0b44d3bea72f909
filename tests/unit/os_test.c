/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGES 16

static size_t page;

static char *reserve(void)
{
	char *p = os_reserve(PAGES * page);

	assert_non_null(p);
	assert_int_equal((uintptr_t)p % page, 0);
	return p;
}

static void test_commit(void **state)
{
	char *p = reserve();

	(void)state;
	assert_false(unit_can_read(p));
	assert_true(os_commit(p + page, 2 * page));
	assert_false(unit_can_read(p));
	assert_false(unit_can_read(p + 3 * page));
	for (size_t i = page; i < 3 * page; i++)
		assert_int_equal(p[i], 0);
	memset(p + page, 'x', 2 * page);
	/* Again is harmless: what is there stays. */
	assert_true(os_commit(p, 4 * page));
	assert_int_equal(p[page], 'x');
	assert_int_equal(p[3 * page], 0);
	os_release(p, PAGES * page);
	assert_false(unit_can_read(p + page));
}

static void test_allow_reading(void **state)
{
	char *p = reserve();

	(void)state;
	assert_true(os_allow_reading(p, page));
	assert_int_equal(p[page - 1], 0);
	assert_false(unit_can_read(p + page));
	os_release(p, PAGES * page);
}

static void test_purge(void **state)
{
	char *p = reserve();

	(void)state;
	assert_true(os_commit(p, 3 * page));
	memset(p, 'x', 3 * page);
	assert_true(os_purge(p + page, page));
	assert_int_equal(p[page - 1], 'x');
	for (size_t i = 0; i < page; i++)
		assert_int_equal(p[page + i], 0);
	assert_int_equal(p[2 * page], 'x');
	p[page] = 'y';
	os_release(p, PAGES * page);
}

static void test_refund(void **state)
{
	char *p = reserve();

	(void)state;
	assert_true(os_commit(p, 3 * page));
	memset(p, 'x', 3 * page);
	assert_true(os_refund(p + page, page));
	assert_false(unit_can_read(p + page));
	assert_int_equal(p[2 * page], 'x');
	assert_true(os_commit(p + page, page));
	assert_int_equal(p[page], 0);
	os_release(p, PAGES * page);
}

static void test_errno_is_kept(void **state)
{
	char *nowhere = (char *)page;
	uint32_t word = 1;
	char name[32];
	size_t size;

	(void)state;
	unit_needs("addresses where nothing is mapped");
	errno = E2BIG;
	assert_null(os_reserve(SIZE_MAX / 2));
	assert_false(os_commit(nowhere, page));
	assert_false(os_allow_reading(nowhere, page));
	assert_false(os_purge(nowhere, page));
	os_mark_reserve(nowhere, page);
	os_release(nowhere + 1, page);
	assert_int_equal(os_create_file("/no/such/place"), -1);
	size = sizeof(name);
	assert_false(os_read_file("/no/such/place", name, &size));
	os_close(-1);
	os_write(-1, "x", 1);
	os_wait(&word, 2);
	os_wake_one(&word);
	os_yield();
	os_address_space_left();
	os_program_name(name, sizeof(name));
	assert_int_equal(errno, E2BIG);
}

static void look_at_wiped(void *page_)
{
	uint32_t *word = page_;

	unit_must(*word == 0);
	*word = 3;
}

static void test_wiped_page(void **state)
{
	uint32_t *word = os_wiped_page();

	(void)state;
	unit_needs("pages that are wiped in children");
	assert_non_null(word);
	assert_false(unit_can_read((char *)word - 1));
	assert_false(unit_can_read((char *)word + page));
	*word = 7;
	unit_run_well(look_at_wiped, word);
	assert_int_equal(*word, 7);
	os_release((char *)word - page, 3 * page);
}

static void test_random(void **state)
{
	unsigned char one[64] = { 0 }, other[64] = { 0 };
	unsigned int same = 0;

	(void)state;
	os_random(one, sizeof(one));
	os_random(other, sizeof(other));
	for (size_t i = 0; i < sizeof(one); i++)
		same += one[i] == other[i];
	assert_true(same < 16);
	/* Only what was asked for is written. */
	memset(one, 'x', sizeof(one));
	os_random(one + 1, 1);
	assert_int_equal(one[0], 'x');
	assert_int_equal(one[2], 'x');
}

static void *wake(void *word)
{
	__atomic_store_n((uint32_t *)word, 2, __ATOMIC_RELEASE);
	os_wake_one(word);
	return NULL;
}

static void test_wait(void **state)
{
	uint32_t word = 1;
	pthread_t thread;

	(void)state;
	os_wait(&word, 7); /* it is not 7: returns at once */
	assert_int_equal(pthread_create(&thread, NULL, wake, &word), 0);
	while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == 1)
		os_wait(&word, 1);
	pthread_join(thread, NULL);
}

static void limit_space(void *unused)
{
	struct rlimit limit = { 1ul << 30, 1ul << 30 };
	size_t left;
	void *taken;

	(void)unused;
	unit_must(!setrlimit(RLIMIT_AS, &limit));
	left = os_address_space_left();
	unit_must(left < 1ul << 30);
	/* All that is said to be left can be had, but not much more. */
	unit_must(!os_reserve(left + (1ul << 20)));
	taken = os_reserve(left - (1ul << 20));
	unit_must(taken);
	unit_must(os_address_space_left() <= 2ul << 20);
	os_release(taken, left - (1ul << 20));
	limit.rlim_cur = page;
	unit_must(!setrlimit(RLIMIT_AS, &limit));
	unit_must(os_address_space_left() == 0);
}

static volatile sig_atomic_t nr_signals;

static void count_signal(int number)
{
	(void)number;
	nr_signals++;
}

/* A signal comes when it is let through; one held before stays held. */
static void test_hold_signals(void **state)
{
	struct sigaction action = { .sa_handler = count_signal };
	sigset_t before, inner, held;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	os_hold_signals(&before);
	raise(SIGUSR1);
	os_hold_signals(&inner);
	os_let_signals(&inner);
	assert_int_equal(nr_signals, 0);
	os_let_signals(&before);
	assert_int_equal(nr_signals, 1);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &held), 0);
	assert_int_equal(sigismember(&held, SIGUSR1), 0);
}

static void test_address_space_left(void **state)
{
	struct rlimit limit;

	(void)state;
	unit_needs("limits of memory");
	assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
	if (limit.rlim_cur == RLIM_INFINITY)
		assert_true(os_address_space_left() == SIZE_MAX);
	/* A sanitizer maps 20 TiB for itself. */
	if (!UNIT_HAS_SANITIZER)
		unit_run_well(limit_space, NULL);
}

static void test_getenv(void **state)
{
	const char *path = getenv("PATH");
	char **later;

	(void)state;
	setenv("UNIT_WORD", "a=b", 1);
	setenv("UNIT_WORD_LONG", "other", 1);
	setenv("UNIT_NONE", "", 1);
	later = environ;
	assert_string_equal(os_getenv("UNIT_WORD"), "a=b");
	assert_string_equal(os_getenv("UNIT_NONE"), "");
	assert_null(os_getenv("UNIT_WOR"));
	assert_null(os_getenv("UNIT_WORD_"));
	assert_null(os_getenv("a"));
	/* Before the C library has one: what the program was started with. */
	environ = NULL;
	assert_string_equal(os_getenv("PATH"), path);
	assert_null(os_getenv("UNIT_WORD"));
	environ = later;
	assert_false(os_is_secure());
	assert_int_equal(os_getpid(), getpid());
}

static void test_write(void **state)
{
	char text[] = "one line\n", got[16] = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	os_write(ends[1], text, strlen(text));
	assert_int_equal(read(ends[0], got, sizeof(got)), strlen(text));
	assert_string_equal(got, text);
	close(ends[0]);
	close(ends[1]);
}

static void test_create_file(void **state)
{
	char dir[] = "/tmp/unit-os-XXXXXX";
	char path[64], link[64];
	struct stat info;
	mode_t mask = umask(0);
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	fd = os_create_file(path);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	os_close(fd);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(os_create_file(path), -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(os_create_file(link), -1);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(rmdir(dir), 0);
	umask(mask);
}

static void test_read_file(void **state)
{
	char path[] = "/tmp/unit-os-XXXXXX";
	char text[20] = "";
	size_t size = sizeof(text);
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "some text", 9), 9);
	os_close(fd);
	assert_true(os_read_file(path, text, &size));
	assert_int_equal(size, 9);
	assert_string_equal(text, "some text");
	size = 4;
	assert_true(os_read_file(path, text + 10, &size));
	assert_int_equal(size, 4);
	assert_string_equal(text + 10, "some");
	assert_int_equal(unlink(path), 0);
	size = sizeof(text);
	assert_false(os_read_file(path, text, &size));
	assert_false(os_read_file("/", text, &size));
	/* Nobody writes to it; then somebody might. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(os_read_file(path, text, &size));
	fd = open(path, O_RDWR);
	assert_false(os_read_file(path, text, &size));
	os_close(fd);
	assert_int_equal(unlink(path), 0);
}

static void test_program_name(void **state)
{
	char name[32], small[4];

	(void)state;
	unit_needs("a name of the program");
	os_program_name(name, sizeof(name));
	assert_string_equal(name, "os_test");
	os_program_name(small, sizeof(small));
	assert_string_equal(small, "os_");
}

static void abort_now(void *unused)
{
	(void)unused;
	os_abort();
}

static void test_abort(void **state)
{
	(void)state;
	unit_run_dead(abort_now, NULL, "");
}

static int boot(void **state)
{
	(void)state;
	os_init();
	page = os_page_size();
	return page == (size_t)sysconf(_SC_PAGESIZE) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_allow_reading),
		cmocka_unit_test(test_purge),
		cmocka_unit_test(test_refund),
		cmocka_unit_test(test_errno_is_kept),
		cmocka_unit_test(test_wiped_page),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_hold_signals),
		cmocka_unit_test(test_address_space_left),
		cmocka_unit_test(test_getenv),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_create_file),
		cmocka_unit_test(test_read_file),
		cmocka_unit_test(test_program_name),
		cmocka_unit_test(test_abort),
	};

	return cmocka_run_group_tests(tests, boot, NULL);
}
