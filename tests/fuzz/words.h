/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words: what children say on standard error, shown if one fails. A heap that
 * is misused all the time, as told to, would fill the screen.
 */
#ifndef TESTS_FUZZ_WORDS_H
#define TESTS_FUZZ_WORDS_H

/* Before the first fork(). */
void words_open(void);

/* In the child: standard error is kept; with FUZZ_TRACE set it is shown. */
void words_keep(void);

/* The last words of a child that ended with this status of waitpid(). */
void words_show(int status);

#endif /* TESTS_FUZZ_WORDS_H */
