/* SPDX-License-Identifier: Apache-2.0 */
#include "again.h"

#include "../become.h"

#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_probe(const char *options, const char *probe, int out,
			 int err_fd)
{
	if (options)
		setenv("TYPESLAB", options, 1);
	else
		unsetenv("TYPESLAB");
	if (dup2(out, 1) < 0 || dup2(err_fd, 2) < 0)
		_exit(126);
	become_self(probe);
	_exit(127);
}

/* True while the pipe may give more. */
static int drain(int fd, char *text, size_t room, size_t *len)
{
	char rest[256];
	size_t left = room - 1 - *len;
	ssize_t got = left ? read(fd, text + *len, left)
			   : read(fd, rest, sizeof(rest));

	if (got > 0 && left)
		*len += (size_t)got;
	text[*len] = '\0';
	return got > 0;
}

void again_run(struct again *again, const char *options, const char *probe)
{
	struct pollfd from[2] = { { .events = POLLIN }, { .events = POLLIN } };
	size_t out_len = 0, err_len = 0;
	int out[2], error[2];
	pid_t pid;

	if (pipe(out) || pipe(error))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid)
		become_probe(options, probe, out[1], error[1]);
	close(out[1]);
	close(error[1]);
	from[0].fd = out[0];
	from[1].fd = error[0];
	while (from[0].fd >= 0 || from[1].fd >= 0) {
		if (poll(from, 2, -1) < 0)
			err(1, "poll");
		if (from[0].revents &&
		    !drain(out[0], again->out, sizeof(again->out), &out_len))
			from[0].fd = -1;
		if (from[1].revents &&
		    !drain(error[0], again->err, sizeof(again->err), &err_len))
			from[1].fd = -1;
	}
	close(out[0]);
	close(error[0]);
	if (waitpid(pid, &again->status, 0) != pid)
		err(1, "waitpid");
}
