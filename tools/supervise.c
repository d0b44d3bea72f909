/* SPDX-License-Identifier: Apache-2.0 */
/* supervise: runs a program as if we were it; contract in supervise.h. */
#include "tools/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Signals that someone may send to a program to end or to tell it something. */
static const int forwarded[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				 SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH };

static void fill_awaited(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		sigaddset(set, forwarded[i]);
	sigaddset(set, SIGCHLD);
}

/* In the child: becomes the program, or tells the parent why not. */
static void become(char **argv, const struct supervised *self,
		   const struct sigaction *chld, int report_fd)
{
	int error;

	sigaction(SIGCHLD, chld, NULL);
	sigprocmask(SIG_SETMASK, &self->mask, NULL);
	execvp(argv[0], argv);
	error = errno;
	if (write(report_fd, &error, sizeof(error)) < 0)
		error = EIO; /* the parent then sees status 126 alone */
	_exit(EXIT_NOT_EXECUTABLE);
}

/* 0 when exec closed the pipe without a word, or its errno. */
static int read_exec_error(int fd)
{
	int error;
	ssize_t got;

	do {
		got = read(fd, &error, sizeof(error));
	} while (got < 0 && errno == EINTR);
	return got == sizeof(error) ? error : 0;
}

int supervise_exec_status(int error)
{
	return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

int supervise_start(struct supervised *child, char **argv)
{
	/* With SIGCHLD ignored, as we may be started, no status is kept. */
	struct sigaction keep = { .sa_handler = SIG_DFL }, chld;
	sigset_t awaited;
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	fill_awaited(&awaited);
	sigprocmask(SIG_BLOCK, &awaited, &child->mask);
	sigaction(SIGCHLD, &keep, &chld);
	child->pid = fork();
	if (!child->pid)
		become(argv, child, &chld, ends[1]);
	error = child->pid < 0 ? errno : 0;
	close(ends[1]);
	if (!error)
		error = read_exec_error(ends[0]);
	close(ends[0]);
	if (error) {
		if (child->pid > 0)
			waitpid(child->pid, NULL, 0);
		sigprocmask(SIG_SETMASK, &child->mask, NULL);
	}
	return error;
}

int supervise_wait(struct supervised *child)
{
	sigset_t awaited;
	int status;

	fill_awaited(&awaited);
	while (waitpid(child->pid, &status, WNOHANG) != child->pid) {
		siginfo_t info;
		int number = sigwaitinfo(&awaited, &info);

		/* Codes above 0 are the kernel's: the child got it as well. */
		if (number > 0 && number != SIGCHLD && info.si_code <= 0 &&
		    info.si_pid != child->pid)
			kill(child->pid, number);
	}
	return status;
}

int supervise_end(struct supervised *child, int wait_status)
{
	struct rlimit no_core = { 0 };
	sigset_t only;
	int number;

	if (!WIFSIGNALED(wait_status)) {
		sigprocmask(SIG_SETMASK, &child->mask, NULL);
		return WEXITSTATUS(wait_status);
	}
	/* Die of it too; the core that tells something is the child's. */
	number = WTERMSIG(wait_status);
	setrlimit(RLIMIT_CORE, &no_core);
	signal(number, SIG_DFL);
	sigemptyset(&only);
	sigaddset(&only, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	return 128 + number;
}
