/* SPDX-License-Identifier: Apache-2.0 */
/* words: see words.h. */
#define _GNU_SOURCE
#include "tests/fuzz/words.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOWN 4096

static int words = -1;

void words_open(void)
{
	words = memfd_create("words", 0);
	if (words < 0 || fcntl(words, F_SETFL, O_APPEND))
		exit(2);
}

void words_keep(void)
{
	if (getenv("FUZZ_TRACE"))
		return;
	if (ftruncate(words, 0) || dup2(words, STDERR_FILENO) < 0)
		_exit(2);
}

void words_show(int status)
{
	static char last[SHOWN];
	off_t end = lseek(words, 0, SEEK_END);
	ssize_t got = pread(words, last, SHOWN, end > SHOWN ? end - SHOWN : 0);

	if (got > 0)
		fwrite(last, 1, (size_t)got, stdout);
	if (WIFSIGNALED(status))
		printf("# signal %d\n", WTERMSIG(status));
	else
		printf("# status %d\n", WEXITSTATUS(status));
}
