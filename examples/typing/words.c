/* SPDX-License-Identifier: Apache-2.0 */
/* words: counts the different words of standard input. */
#include "alloc.h"

#include <stdio.h>
#include <string.h>

#define NR_ROWS 4096

struct word {
	struct word *next;
	char *text;
	unsigned int count;
};

struct span {
	unsigned int first, last;
};

static struct word **rows;
static struct span *spans;

static unsigned int row_of(const char *text)
{
	unsigned int row = 0;

	while (*text)
		row = row * 31 + (unsigned char)*text++;
	return row % NR_ROWS;
}

static void count(const char *text)
{
	unsigned int row = row_of(text);
	struct word *word = rows[row];

	while (word && strcmp(word->text, text))
		word = word->next;
	if (!word) {
		word = xmalloc(sizeof(*word));
		word->next = rows[row];
		word->text = xstrdup(text);
		word->count = 0;
		rows[row] = word;
	}
	word->count++;
	spans[row].last++;
}

int main(void)
{
	char text[64];
	unsigned int n = 0;

	rows = xcalloc(NR_ROWS, sizeof(*rows));
	spans = xcalloc(NR_ROWS, sizeof(*spans));
	while (scanf("%63s", text) == 1)
		count(text);
	for (unsigned int i = 0; i < NR_ROWS; i++) {
		for (struct word *word = rows[i]; word; word = word->next)
			n++;
	}
	printf("%u different words\n", n);
	return 0;
}
