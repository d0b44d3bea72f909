/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

/* clang-format off */
const size_t api_sizes[] = {
	0, 1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 49, 63,
	64, 65, 80, 95, 96, 97, 100, 127, 128, 129, 160, 192, 200, 255,
	256, 257, 320, 384, 500, 511, 512, 513, 640, 768, 1000, 1023,
	1024, 1025, 1280, 1536, 2000, 2047, 2048, 2049, 3000, 4000,
	4080, 4095, 4096, 4097, 5000, 6144, 8191, 8192, 8193, 10000,
	12288, 16384, 16385, 20000, 32752, 32768, 32769, 40000, 65519,
	65520, 65536, 65537, 98304, 100000, 131072, 131073, 200000,
	MIB / 4, MIB / 4 + 1, MIB / 2 - 16, MIB / 2, MIB / 2 + 1,
	MIB - 1, MIB, MIB + 1, 2 * MIB - 4096, 2 * MIB, 2 * MIB + 1,
	4 * MIB + 123,
};
/* clang-format on */
const size_t api_nr_sizes = API_ARRAY_SIZE(api_sizes);

const size_t api_impossible[] = {
	PTRDIFF_MAX,
	(size_t)PTRDIFF_MAX + 1,
	(size_t)PTRDIFF_MAX - 4096,
	(size_t)PTRDIFF_MAX + 4096,
	SIZE_MAX,
	SIZE_MAX - 1,
	SIZE_MAX - 7,
	SIZE_MAX - 8,
	SIZE_MAX - 15,
	SIZE_MAX - 16,
	SIZE_MAX - 4094,
	SIZE_MAX - 4095,
	SIZE_MAX - 4096,
	SIZE_MAX - 65535,
	SIZE_MAX - 2 * MIB,
	SIZE_MAX - GIB,
	SIZE_MAX / 4,
	(size_t)1 << 62,
	(size_t)1 << 56,
	(size_t)1 << 48,
};
const size_t api_nr_impossible = API_ARRAY_SIZE(api_impossible);

uint64_t api_seed(void)
{
	const char *text = getenv("API_SEED");
	uint64_t seed;

	if (text)
		seed = strtoull(text, NULL, 0);
	else if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = 1;
	print_message("# API_SEED=0x%llx\n", (unsigned long long)seed);
	return seed;
}

/* splitmix64: every state is a good one, zero too. */
uint64_t api_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static unsigned char pattern(size_t offset, unsigned int tag)
{
	return (offset * 131 + tag * 29 + (offset >> 8) + 1) & 0xff;
}

void api_fill(void *p, size_t size, unsigned int tag)
{
	unsigned char *byte = p;

	for (size_t i = 0; i < size; i++)
		byte[i] = pattern(i, tag);
}

bool api_is_filled(const void *p, size_t size, unsigned int tag)
{
	const unsigned char *byte = p;

	for (size_t i = 0; i < size; i++) {
		if (byte[i] != pattern(i, tag))
			return false;
	}
	return true;
}

bool api_is_zero(const void *p, size_t size)
{
	const unsigned char *byte = p;

	for (size_t i = 0; i < size; i++) {
		if (byte[i])
			return false;
	}
	return true;
}

bool api_is_aligned(const void *p, size_t alignment)
{
	return ((uintptr_t)p & (alignment - 1)) == 0;
}

size_t api_resident(void)
{
	char line[128] = { 0 };
	unsigned long total = 0, resident = 0;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, line, sizeof(line) - 1) > 0)
		sscanf(line, "%lu %lu", &total, &resident);
	close(fd);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* cmocka's would carry on with the tests in the child. */
static void forget_handlers(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
				       SIGSYS };

	for (size_t i = 0; i < API_ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
}

int api_in_child(int (*body)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child < 0)
		return -1;
	if (!child) {
		forget_handlers();
		_exit(body());
	}
	if (waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool api_is_emulated(void)
{
	return getenv("EMULATOR");
}

void api_needs(const char *what)
{
	if (!api_is_emulated())
		return;
	printf("# an emulator has not: %s\n", what);
	skip();
}
