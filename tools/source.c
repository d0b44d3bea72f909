/* SPDX-License-Identifier: Apache-2.0 */
/* source: where snapshots come from; contract in source.h. */
#include "tools/source.h"

#include "tools/must.h"
#include "tools/remote.h"

#include "heap/layout.h"
#include "heap/live.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool source_is_pid(const char *argument, pid_t *pid)
{
	struct piece word = { .start = argument, .length = strlen(argument) };
	uint64_t number;

	if (!word.length || strspn(argument, "0123456789") != word.length)
		return false;
	*pid = 0;
	if (piece_to_number(word, &number) && number <= INT_MAX)
		*pid = number;
	return true;
}

const char *source_name(const char *argument)
{
	return strcmp(argument, "-") ? must_keep_printable(argument)
				     : "standard input";
}

int source_read_file(const char *path, struct text *text)
{
	int fd = STDIN_FILENO;
	int status;

	if (strcmp(path, "-"))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		warn("%s", source_name(path));
		return -1;
	}
	text_init(text);
	status = text_read_fd(text, fd);
	if (status < 0) {
		warn("%s", source_name(path));
		text_fini(text);
	}
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}

/* One process being read. */
struct subject {
	pid_t pid;
	int error; /* of the first read that failed; 0: none did */
};

static bool read_subject(void *context, uint64_t address, void *to, size_t size)
{
	struct subject *subject = context;

	if (!remote_read(subject->pid, address, to, size))
		return true;
	subject->error = errno;
	return false;
}

static bool take_line(void *context, const char *text, size_t length)
{
	return !text_append(context, text, length);
}

/* The name of @pid's program; "?" where that cannot be read. */
static void read_program(pid_t pid, char *name, size_t size)
{
	char path[64];
	ssize_t got = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, name, size - 1);
		close(fd);
	}
	if (got <= 1)
		got = snprintf(name, size, "?\n");
	name[got - 1] = 0; /* where the newline was */
	for (char *c = name; *c; c++) {
		/* Names may hold what would end a line or move a cursor. */
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
}

/* Complains, unless the heap was read. */
static int explain(const struct subject *subject, enum live_result result)
{
	switch (result) {
	case LIVE_OK:
		return 0;
	case LIVE_EMPTY:
		warnx("%d: nothing was allocated yet", (int)subject->pid);
		break;
	case LIVE_FOREIGN:
		warnx("%d: its libtypeslab is of another version than this "
		      "tool",
		      (int)subject->pid);
		break;
	case LIVE_UNREADABLE:
		remote_complain(subject->pid,
				subject->error ? subject->error : ENOMEM);
		break;
	}
	return -1;
}

int source_read_pid(pid_t pid, struct text *text)
{
	struct subject subject = { .pid = pid };
	static struct layout room;
	const struct live_reader reader = { read_subject, &subject, &room };
	const struct live_sink sink = { take_line, text };
	char program[64];
	const struct live_subject about = { pid, program };
	uintptr_t root;

	text_init(text);
	if (!pid) {
		warnx("no process can have this number");
		return -1;
	}
	if (remote_find_symbol(pid, LIVE_SYMBOL, &root) < 0)
		return -1;
	read_program(pid, program, sizeof(program));
	if (!explain(&subject, live_print(&reader, root, &about, &sink)))
		return 0;
	text_fini(text);
	return -1;
}

void source_complain(const char *argument, const struct text_fault *fault)
{
	if (fault->line)
		warnx("%s: line %zu: %s", source_name(argument), fault->line,
		      fault->what);
	else
		warnx("%s: %s", source_name(argument), fault->what);
}

int source_read_snapshot(const char *argument, struct snapshot *snapshot)
{
	struct text_fault fault;
	struct text text;
	int status;
	pid_t pid;

	if (source_is_pid(argument, &pid))
		status = source_read_pid(pid, &text);
	else
		status = source_read_file(argument, &text);
	if (status < 0)
		return -1;
	status = snapshot_parse(text.length ? text.bytes : "", text.length,
				snapshot, &fault);
	if (status < 0)
		source_complain(argument, &fault);
	text_fini(&text);
	return status;
}
