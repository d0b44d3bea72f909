/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line: a line of text put together without stdio or memory.
 *
 * Owns:       the bytes of one line.
 * Promises:   what does not fit is cut; one byte is kept for the newline.
 * Invariant:  length < sizeof(text), and after line_end() at most equal.
 */
#ifndef BASE_LINE_H
#define BASE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct line {
	char text[256];
	size_t length;
};

static inline void line_add_bytes(struct line *line, const char *text,
				  size_t length)
{
	size_t room = sizeof(line->text) - 1 - line->length;

	if (length > room)
		length = room;
	memcpy(line->text + line->length, text, length);
	line->length += length;
}

static inline void line_add(struct line *line, const char *text)
{
	line_add_bytes(line, text, strlen(text));
}

/* Whether it ends a line or moves a cursor, behind @last. */
static inline bool line_is_control(unsigned char last, unsigned char c)
{
	/* 0x80 to 0x9f are such; as UTF-8 they come behind 0xc2. */
	return c < ' ' || c == 0x7f || (last == 0xc2 && c >= 0x80 && c < 0xa0);
}

/* Of others' text: "\x1b" for each of these. */
static inline void line_add_given(struct line *line, const char *text,
				  size_t length)
{
	unsigned char last = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = text[i];
		char shown[4] = { '\\', 'x', "0123456789abcdef"[c >> 4],
				  "0123456789abcdef"[c & 15] };

		if (line_is_control(last, c))
			line_add_bytes(line, shown, sizeof(shown));
		else
			line_add_bytes(line, text + i, 1);
		last = c;
	}
}

static inline void line_add_number(struct line *line, uint64_t n,
				   unsigned int base, unsigned int min_digits)
{
	char digits[20];
	unsigned int at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n || sizeof(digits) - at < min_digits);
	line_add_bytes(line, digits + at, sizeof(digits) - at);
}

/* Ends the line; it may be used again after line->length is set to 0. */
static inline void line_end(struct line *line)
{
	line->text[line->length++] = '\n';
}

#endif /* BASE_LINE_H */
