/* SPDX-License-Identifier: Apache-2.0 */
/* os: see os.h. */
#define _GNU_SOURCE
#include "os/os.h"

#include "os/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Where the kernel put the count of arguments; the loader of glibc keeps it. */
extern void *__libc_stack_end __attribute__((__weak__));

/* What the loader tells debuggers. */
extern struct r_debug _r_debug __attribute__((__weak__));

/* Used where getrandom is filtered: the loader's 16 bytes and the clock. */
static void mix_weak_random(unsigned char *out, size_t size)
{
	const unsigned char *given = (const void *)getauxval(AT_RANDOM);
	struct timespec now;
	uint64_t state;

	clock_gettime(CLOCK_MONOTONIC, &now);
	state = (uint64_t)now.tv_nsec ^ (uint64_t)(uintptr_t)&now;
	for (size_t i = 0; given && i < 16; i++)
		state = (state ^ given[i]) * 0x100000001b3;
	for (size_t i = 0; i < size; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		out[i] = (unsigned char)(state >> 32);
	}
}

void os_random(void *out, size_t size)
{
	int saved = errno;

	if (raw_call(SYS_getrandom, (long)out, (long)size, GRND_NONBLOCK, 0) !=
	    (long)size)
		mix_weak_random(out, size);
	errno = saved;
}

void os_wait(uint32_t *word, uint32_t value)
{
	int saved = errno;

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
	errno = saved;
}

void os_wake_one(uint32_t *word)
{
	int saved = errno;

	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	errno = saved;
}

void os_yield(void)
{
	int saved = errno;

	sched_yield();
	errno = saved;
}

uint64_t os_clock_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * 1000ul + now.tv_nsec / 1000000;
}

static int open_file(const char *path, int flags)
{
	return (int)raw_call(SYS_openat, AT_FDCWD, (long)path,
			     flags | O_CLOEXEC, 0600);
}

static ssize_t read_file(int fd, char *out, size_t size)
{
	return raw_call(SYS_read, fd, (long)out, (long)size, 0);
}

void os_close(int fd)
{
	raw_call(SYS_close, fd, 0, 0, 0);
}

/*
 * What the file begins with; 0: unknown. Not by strtoul(): it asks for the
 * locale, which an ifunc resolver has none of yet.
 */
static size_t number_in(const char *path)
{
	char text[64];
	size_t nr = 0;
	int fd = open_file(path, O_RDONLY);
	ssize_t got;

	if (fd < 0)
		return 0;
	got = read_file(fd, text, sizeof(text));
	os_close(fd);
	for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; i++)
		nr = nr * 10 + (size_t)(text[i] - '0');
	return nr;
}

static size_t mapped_bytes(void)
{
	return number_in("/proc/self/statm") * getauxval(AT_PAGESZ);
}

size_t os_address_space_left(void)
{
	int saved = errno;
	struct rlimit limit;
	size_t mapped;

	if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	mapped = mapped_bytes();
	errno = saved;
	return limit.rlim_cur > mapped ? limit.rlim_cur - mapped : 0;
}

/* With vm.overcommit_memory=2 what may be written to is charged at once. */
static bool is_commit_strict(void)
{
	return number_in("/proc/sys/vm/overcommit_memory") == 2;
}

size_t os_data_limit(void)
{
	int saved = errno;
	struct rlimit limit;
	size_t most = SIZE_MAX;

	if (!getrlimit(RLIMIT_DATA, &limit) && limit.rlim_cur != RLIM_INFINITY)
		most = limit.rlim_cur;
	else if (is_commit_strict())
		most = SIZE_MAX - 1;
	errno = saved;
	return most;
}

bool os_is_secure(void)
{
	return getauxval(AT_SECURE);
}

/* The kernel knows of none where it was told to run the loader itself. */
uintptr_t os_loader(void)
{
	uintptr_t base = getauxval(AT_BASE);

	return base || !&_r_debug ? base : _r_debug.r_ldbase;
}

/*
 * What the kernel gave, for who asks before the C library knows: an ifunc
 * resolver, .preinit_array. Above the count lie the arguments, a NULL and the
 * environment. Not /proc/self/environ: that is missing in a chroot, and closed
 * where the program's file may not be read.
 */
static char **first_environment(void)
{
	char **stack = &__libc_stack_end ? __libc_stack_end : NULL;
	size_t nr_arguments = stack ? (uintptr_t)stack[0] : 0;

	return stack && !stack[1 + nr_arguments] ? stack + nr_arguments + 2
						 : NULL;
}

const char *os_getenv(const char *name)
{
	char **entry = environ ? environ : first_environment();
	size_t length = strlen(name);

	for (; entry && *entry; entry++) {
		if (!strncmp(*entry, name, length) && (*entry)[length] == '=')
			return *entry + length + 1;
	}
	return NULL;
}

int os_getpid(void)
{
	return getpid();
}

void os_hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

void os_let_signals(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

void os_write(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t done =
			raw_call(SYS_write, fd, (long)text, (long)size, 0);

		if (done == -EINTR)
			continue;
		if (done <= 0)
			break;
		text += done;
		size -= done;
	}
}

int os_create_file(const char *path)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
	int fd = open_file(path, flags);

	return fd < 0 ? -1 : fd;
}

bool os_read_file(const char *path, char *out, size_t *size)
{
	/* A pipe might be waited for without end; it has no places. */
	int fd = open_file(path, O_RDONLY | O_NONBLOCK);
	size_t length = 0;
	ssize_t got = -1;

	while (fd >= 0 && length < *size) {
		got = raw_call(SYS_pread64, fd, (long)(out + length),
			       (long)(*size - length), (long)length);
		if (got == -EINTR)
			continue;
		if (got <= 0)
			break;
		length += got;
	}
	if (fd >= 0)
		os_close(fd);
	*size = length;
	return fd >= 0 && got >= 0;
}

/* A line each; the text is not read to its end. */
bool os_has_mappings(size_t most)
{
	int fd = open_file("/proc/self/maps", O_RDONLY);
	char text[1024];
	size_t nr = 0;
	ssize_t got = -1;

	while (fd >= 0 && nr <= most) {
		got = read_file(fd, text, sizeof(text));
		if (got <= 0)
			break;
		for (ssize_t i = 0; i < got; i++)
			nr += text[i] == '\n';
	}
	if (fd >= 0)
		os_close(fd);
	return got < 0 || nr > most;
}

size_t os_mappings_allowed(void)
{
	return number_in("/proc/sys/vm/max_map_count");
}

void os_program_name(char *out, size_t size)
{
	int fd = open_file("/proc/self/comm", O_RDONLY);
	ssize_t got = fd < 0 ? 0 : read_file(fd, out, size - 1);

	if (fd >= 0)
		os_close(fd);
	if (got > 0 && out[got - 1] == '\n')
		got--;
	if (got <= 0) {
		out[0] = '?';
		got = 1;
	}
	out[got] = '\0';
}

void os_abort(void)
{
	abort();
}
