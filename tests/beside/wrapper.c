/* SPDX-License-Identifier: Apache-2.0 */
/* wrapper: a library that stands before getrlimit() and allocates there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct rlimit;
int getrlimit(int resource, struct rlimit *limit);
int getrlimit64(int resource, struct rlimit *limit);

static int ask(const char *name, int resource, struct rlimit *limit)
{
	int (*real)(int, struct rlimit *) = dlsym(RTLD_NEXT, name);

	free(strdup(name));
	return real(resource, limit);
}

int getrlimit(int resource, struct rlimit *limit)
{
	return ask("getrlimit", resource, limit);
}

int getrlimit64(int resource, struct rlimit *limit)
{
	return ask("getrlimit64", resource, limit);
}
