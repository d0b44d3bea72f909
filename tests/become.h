/* SPDX-License-Identifier: Apache-2.0 */
/*
 * become: a test program starts itself again, with other words.
 *
 * Promises:   returns where it cannot. EMULATOR names what runs programs of
 *             another machine, with its words (scripts/test-aarch64).
 */
#ifndef TESTS_BECOME_H
#define TESTS_BECOME_H

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BECOME_WORDS_MAX 16

static inline void become_self(const char *word)
{
	static char path[PATH_MAX], emulator[PATH_MAX];
	const char *given = getenv("EMULATOR");
	char *words[BECOME_WORDS_MAX + 3] = { NULL };
	unsigned int nr = 0;

	if (!given) {
		execl("/proc/self/exe", "again", word, (char *)NULL);
		return;
	}
	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		return;
	strncpy(emulator, given, sizeof(emulator) - 1);
	for (char *at = strtok(emulator, " "); at && nr < BECOME_WORDS_MAX;
	     at = strtok(NULL, " "))
		words[nr++] = at;
	words[nr++] = path;
	words[nr] = (char *)(uintptr_t)word;
	execvp(words[0], words);
}

#endif /* TESTS_BECOME_H */
