/* SPDX-License-Identifier: Apache-2.0 */
/*
 * at_exit: what memory a small program holds when it exits.
 *
 * usage: at_exit OUT [NAME=VALUE...] COMMAND [ARG...]
 *
 * Writes RssAnon + VmPTE of the command's first process to the file OUT, in
 * kB, read when it is about to exit: no program need be changed for it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static long memory_kb(pid_t pid)
{
	char line[256];
	long kb, sum = 0;
	FILE *status;

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	status = fopen(line, "re");
	while (status && fgets(line, sizeof(line), status)) {
		if (sscanf(line, "RssAnon: %ld", &kb) == 1 ||
		    sscanf(line, "VmPTE: %ld", &kb) == 1)
			sum += kb;
	}
	if (status)
		fclose(status);
	return sum;
}

static pid_t start_traced(char **command)
{
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(command[0], command);
		_exit(127);
	}
	return child;
}

static int is_exit_stop(int status)
{
	return status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
}

/* Lets the child run to its exit stop; -1: it never came there. */
static long wait_for_exit(pid_t child)
{
	int status, signal;
	long kb = -1;

	if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
		return -1;
	ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACEEXIT);
	ptrace(PTRACE_CONT, child, NULL, NULL);
	while (waitpid(child, &status, 0) > 0 && WIFSTOPPED(status)) {
		signal = WSTOPSIG(status);
		if (is_exit_stop(status)) {
			kb = memory_kb(child);
			signal = 0;
		}
		ptrace(PTRACE_CONT, child, NULL, signal);
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? kb : -1;
}

int main(int argc, char **argv)
{
	int at = 2;
	FILE *out;
	long kb;

	for (; at < argc && strchr(argv[at], '='); at++)
		putenv(argv[at]);
	out = at < argc ? fopen(argv[1], "we") : NULL;
	if (!out)
		return 125;
	kb = wait_for_exit(start_traced(argv + at));
	fprintf(out, "%ld\n", kb);
	fclose(out);
	return kb < 0;
}
