/* SPDX-License-Identifier: Apache-2.0 */
/* terminal: what standard output is, and keys; contract in terminal.h. */
#include "tools/terminal.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static struct termios saved;
static volatile sig_atomic_t is_raw;

/* Gives the terminal back, then dies of @signal as if nothing were here. */
static void restore_and_die(int signal_number)
{
	terminal_restore();
	raise(signal_number); /* SA_RESETHAND: now the default */
}

bool terminal_is_output(void)
{
	return isatty(STDOUT_FILENO);
}

struct terminal_size terminal_size(int fd)
{
	struct terminal_size size = {
		.width = TERMINAL_DEFAULT_WIDTH,
		.height = TERMINAL_DEFAULT_HEIGHT,
	};
	struct winsize window;

	if (!ioctl(fd, TIOCGWINSZ, &window)) {
		if (window.ws_col)
			size.width = window.ws_col;
		if (window.ws_row)
			size.height = window.ws_row;
	}
	return size;
}

struct histogram_style terminal_style(int fd)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (struct histogram_style){
		.width = terminal_size(fd).width,
		.has_colour = isatty(fd) && term && strcmp(term, "dumb") &&
			      !(no_colour && *no_colour),
	};
}

void terminal_raw(void)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct sigaction action = { .sa_handler = restore_and_die,
				    .sa_flags = SA_RESETHAND | SA_NODEFER };
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved))
		return;
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		sigaction(deadly[i], &action, NULL);
	atexit(terminal_restore);
	raw = saved;
	raw.c_lflag &= ~(ICANON | ECHO);
	is_raw = !tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

int terminal_wait_key(double seconds)
{
	struct timespec wait = { .tv_sec = seconds };
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char key;

	wait.tv_nsec = (seconds - wait.tv_sec) * 1e9;
	if (!is_raw) {
		nanosleep(&wait, NULL);
		return -1;
	}
	if (ppoll(&input, 1, &wait, NULL) <= 0)
		return -1;
	return read(STDIN_FILENO, &key, 1) == 1 ? key : 'q';
}

void terminal_restore(void)
{
	if (!is_raw)
		return;
	is_raw = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

int terminal_flush(void)
{
	static bool was_told;

	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	if (!was_told)
		warn("standard output");
	was_told = true;
	return -1;
}
