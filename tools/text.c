/* SPDX-License-Identifier: Apache-2.0 */
/* text: a whole file or pipe in memory; contract in text.h. */
#include "tools/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Makes room for @more bytes behind what is there. */
static int grow(struct text *text, size_t more)
{
	size_t capacity = text->capacity ? text->capacity : 4096;
	char *bytes;

	if (more > TEXT_LIMIT - text->length) {
		errno = EFBIG;
		return -1;
	}
	while (capacity < text->length + more)
		capacity *= 2;
	if (capacity == text->capacity)
		return 0;
	bytes = realloc(text->bytes, capacity);
	if (!bytes)
		return -1;
	text->bytes = bytes;
	text->capacity = capacity;
	return 0;
}

void text_init(struct text *text)
{
	*text = (struct text){ 0 };
}

int text_append(struct text *text, const char *bytes, size_t length)
{
	if (grow(text, length) < 0)
		return -1;
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	return 0;
}

int text_read_fd(struct text *text, int fd)
{
	for (;;) {
		char piece[65536];
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || text_append(text, piece, got) < 0)
			return -1;
		if (!got)
			return 0;
	}
}

int text_write_fd(const struct text *text, int fd)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t put =
			write(fd, text->bytes + done, text->length - done);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0)
			done += put;
	}
	return 0;
}

void text_fini(struct text *text)
{
	free(text->bytes);
	text_init(text);
}
