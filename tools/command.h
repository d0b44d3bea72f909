/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: the subcommands of typeslab.
 *
 * Each takes its own argument vector (argv[0] is "typeslab NAME", for argp's
 * messages) and returns the exit status. All but run, whose status is the
 * program's, give 0, or COMMAND_FAILED after a line on standard error.
 */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

#define COMMAND_FAILED 2

int command_run(int argc, char **argv);
int command_hist(int argc, char **argv);
int command_snapshot(int argc, char **argv);
int command_top(int argc, char **argv);

#endif /* TOOLS_COMMAND_H */
