/* SPDX-License-Identifier: Apache-2.0 */
/*
 * again: run this program once more, in a process and a heap of its own.
 *
 * A test that needs other options, or several secret maps, runs itself with
 * the name of a probe as its argument and reads what the probe printed.
 */
#ifndef TOKEN_AGAIN_H
#define TOKEN_AGAIN_H

struct again {
	char out[16384]; /* standard output, ends with a NUL */
	char err[4096];	 /* standard error, likewise */
	int status;	 /* as waitpid() tells it */
};

/* @options is TYPESLAB's value; NULL unsets it. Dies if it cannot run. */
void again_run(struct again *again, const char *options, const char *probe);

#endif /* TOKEN_AGAIN_H */
