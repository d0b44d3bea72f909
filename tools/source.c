/* SPDX-License-Identifier: Apache-2.0 */
/* source: where snapshots come from; contract in source.h. */
#include "tools/source.h"

#include "tools/remote.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
	return strcmp(argument, "-") ? argument : "standard input";
}

int source_read_file(const char *path, struct text *text)
{
	int fd = STDIN_FILENO;
	int status;

	if (strcmp(path, "-"))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		warn("%s", path);
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

int source_read_pid(pid_t pid, struct text *text)
{
	uintptr_t root;

	text_init(text);
	if (!pid) {
		warnx("no process can have this number");
		return -1;
	}
	if (remote_find_symbol(pid, "typeslab_live_1", &root) < 0)
		return -1;
	warnx("%d: this build cannot read live heaps", (int)pid);
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
