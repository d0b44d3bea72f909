/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: a fuzz target without a fuzzer.
 *
 * Usage: replay [FILE|FOLDER]...
 *
 * Each file is one input, and has a process of its own, so that it is a run
 * that can be repeated; without arguments standard input is one. Prints TAP.
 */
#include "tests/fuzz/target.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 20)

static unsigned int nr_inputs;
static unsigned int nr_failed;

static void run_stream(FILE *file)
{
	uint8_t *data = malloc(INPUT_MAX);
	uint8_t *exact;
	size_t size;

	if (!data)
		exit(2);
	size = fread(data, 1, INPUT_MAX, file);
	/* At its exact length: a sanitizer sees a byte too many. */
	exact = realloc(data, size + !size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static void run_file(const char *path)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		FILE *file = fopen(path, "r");

		if (!file)
			_exit(2);
		run_stream(file);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(2);
	nr_inputs++;
	if (status)
		nr_failed++;
	printf("%s %u - %s\n", status ? "not ok" : "ok", nr_inputs, path);
}

static void run_path(const char *path)
{
	struct dirent **entries;
	struct stat stat_of;
	int nr;

	if (stat(path, &stat_of) || !S_ISDIR(stat_of.st_mode)) {
		run_file(path);
		return;
	}
	nr = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < nr; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			run_file(name);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		run_stream(stdin);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	printf("1..%u\n", nr_inputs);
	return nr_failed || !nr_inputs;
}
