/* SPDX-License-Identifier: Apache-2.0 */
/* main: finds the workload that was asked for, runs and times it. */
#include "driver.h"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define NR_THREADS_MAX 256

static double start;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static const struct driver *find_driver(const char *name)
{
	for (const struct driver *driver = drivers; driver->name; driver++) {
		if (!strcmp(driver->name, name))
			return driver;
	}
	return NULL;
}

/* The number behind @key in a file of /proc. */
static uint64_t number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

void driver_begin(void)
{
	start = now();
}

void driver_mark(double x, double y)
{
	printf("curve %.6g %.6g\n", x, y);
}

uint64_t driver_memory_kb(void)
{
	static char text[8192];
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t nr = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[nr > 0 ? nr : 0] = 0;
	return number_after(text, "RssAnon:") + number_after(text, "VmPTE:");
}

void driver_threads(unsigned int nr, void *(*body)(void *))
{
	static pthread_t threads[NR_THREADS_MAX];

	for (uintptr_t i = 0; i < nr; i++) {
		if (pthread_create(&threads[i], NULL, body, (void *)i))
			abort();
	}
	for (unsigned int i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	static char out[1 << 14];
	const struct driver *driver = argc == 3 ? find_driver(argv[1]) : NULL;
	uint64_t nr = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	double took;

	if (!driver || !nr) {
		fprintf(stderr, "usage: %s NAME COUNT\n", argv[0]);
		for (driver = drivers; driver->name; driver++)
			fprintf(stderr, "  %s\n", driver->name);
		return 2;
	}
	/* stdio must not be among the program's allocations. */
	setvbuf(stdout, out, _IOFBF, sizeof(out));
	driver_begin();
	driver->run(nr, driver->param);
	took = now() - start;
	printf("wall %.6f\nns %.3f\n", took, took * 1e9 / nr);
	return 0;
}
