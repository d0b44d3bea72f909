/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: a whole file or pipe in memory.
 *
 * Owns:       the bytes, until text_fini().
 * Promises:   at most TEXT_LIMIT bytes are read, whatever the file is; what
 *             is longer is refused with EFBIG.
 * Relies on:  nothing.
 * Invariant:  bytes is never NULL after success, also when length is 0.
 */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <stddef.h>

/* 12,288 partitions of 50 caches, 100 bytes a line, fill 60 MB. */
#define TEXT_LIMIT ((size_t)64 << 20)

struct text {
	char *bytes;
	size_t length;
	size_t capacity;
};

void text_init(struct text *text);

/* 0, or -1 with errno. What stood in *@text before stays in front. */
int text_append(struct text *text, const char *bytes, size_t length);

/* 0, or -1 with errno. Appends all that @fd has. */
int text_read_fd(struct text *text, int fd);

/* 0, or -1 with errno. Writes all of it. */
int text_write_fd(const struct text *text, int fd);

void text_fini(struct text *text);

#endif /* TOOLS_TEXT_H */
