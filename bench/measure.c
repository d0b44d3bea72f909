/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure: runs a command and says what it took.
 *
 * usage: measure OUT TIMES [NAME=VALUE...] COMMAND [ARG...]
 *
 * Writes "wall <s> cpu <s> rss <kB> status <n>" to the file OUT: seconds of
 * all TIMES runs together, peak RSS of the largest process. Linked static: it
 * is small, so that the RSS that a child has before exec does not count, and
 * LD_PRELOAD among the variables reaches the command alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t)
{
	return t.tv_sec + t.tv_usec * 1e-6;
}

/* 0, the exit status, or 128 and the signal, as shells have it. */
static int run_once(char **command)
{
	pid_t child = vfork();
	int status;

	if (!child) {
		execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	struct rusage used;
	double start, took;
	int status = 0;
	int at = 3;
	FILE *out;

	for (; at < argc && strchr(argv[at], '='); at++)
		putenv(argv[at]);
	out = at < argc ? fopen(argv[1], "we") : NULL;
	if (!out)
		return 125;
	start = now();
	for (long i = atol(argv[2]); i > 0 && !status; i--)
		status = run_once(argv + at);
	took = now() - start;
	getrusage(RUSAGE_CHILDREN, &used);
	fprintf(out, "wall %.6f cpu %.6f rss %ld status %d\n", took,
		seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss,
		status);
	return fclose(out) ? 125 : 0;
}
