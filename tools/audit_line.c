/* SPDX-License-Identifier: Apache-2.0 */
/* audit_line: lines of source; contract in audit_line.h. */
#include "tools/audit_line.h"

#include "tools/must.h"
#include "tools/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file as a string, or NULL. Devices and pipes are no source. */
static char *read_source(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	struct text text;

	if (fd < 0)
		return NULL;
	text_init(&text);
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    text_read_fd(&text, fd) < 0 || text_append(&text, "", 1) < 0) {
		text_fini(&text);
		text.bytes = NULL;
	}
	close(fd);
	return text.bytes;
}

static void split(struct audit_lines *lines)
{
	size_t capacity = 0;
	char *next = lines->text;
	char *line;

	while ((line = strsep(&next, "\n"))) {
		lines->lines = must_room(lines->lines, lines->nr_lines,
					 &capacity, sizeof(char *));
		lines->lines[lines->nr_lines++] = line;
	}
}

void audit_lines_fini(struct audit_lines *lines)
{
	free(lines->path);
	free(lines->text);
	free(lines->lines);
	memset(lines, 0, sizeof(*lines));
}

const char *audit_lines_get(struct audit_lines *lines, const char *path,
			    size_t number)
{
	if (!lines->path || strcmp(lines->path, path)) {
		audit_lines_fini(lines);
		lines->path = must_print("%s", path);
		lines->text = read_source(path);
		if (lines->text)
			split(lines);
	}
	if (!number || number > lines->nr_lines)
		return NULL;
	return lines->lines[number - 1];
}
