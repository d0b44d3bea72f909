/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: the subcommands of typeslab.
 *
 * Each takes its own argument vector (argv[0] is "typeslab NAME", for argp's
 * messages) and returns the exit status: 0, or COMMAND_FAILED after a line on
 * standard error. The status of run is the program's, that of cc and c++ the
 * compiler's, and audit gives 1 for too few types.
 */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

#define COMMAND_FAILED 2

int command_run(int argc, char **argv);
int command_hist(int argc, char **argv);
int command_snapshot(int argc, char **argv);
int command_top(int argc, char **argv);
int command_audit(int argc, char **argv);
int command_wrap(int argc, char **argv);
int command_types(int argc, char **argv);
int command_cc(int argc, char **argv);
int command_cxx(int argc, char **argv);

#endif /* TOOLS_COMMAND_H */
