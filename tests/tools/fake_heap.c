/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library that only looks like libtypeslab from outside: it has the symbol
 * that live readers seek, and writes a snapshot at exit if told to. Lets the
 * tool be tested where the real one would only be in the way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTION "snapshot="

__attribute__((visibility("default"))) const char typeslab_live_1[16] =
	"fake live root";

static const char text[] =
	"slabinfo - version: 2.1\n"
	"# name            <active_objs> <num_objs> <objsize>\n"
	"# typeslab 1\n"
	"# typeslab pid %d\n"
	"# typeslab program fake\n"
	"# typeslab mode typed\n"
	"# typeslab partitions 1 1 2\n"
	"# typeslab allocations 70 20 10\n"
	"data-00-64  7 64 64 64 1 : tunables 0 0 0 : slabdata 1 1 0\n"
	"unknown-01-32  1 128 32 128 1 : tunables 0 0 0 : slabdata 1 1 0\n"
	"# typeslab end\n";

/* The option's value, its final %p replaced by the process's number. */
static void __attribute__((destructor)) write_snapshot(void)
{
	const char *options = getenv("TYPESLAB");
	const char *value = options ? strstr(options, OPTION) : NULL;
	char path[4096];
	size_t length;
	FILE *file;

	if (!value)
		return;
	value += strlen(OPTION);
	length = strcspn(value, ",");
	if (length < 2 || strncmp(value + length - 2, "%p", 2))
		return;
	snprintf(path, sizeof(path), "%.*s%d", (int)length - 2, value,
		 (int)getpid());
	file = fopen(path, "wx");
	if (!file)
		return;
	fprintf(file, text, (int)getpid());
	fclose(file);
}
