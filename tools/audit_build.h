/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_build: a build whose every compile is watched.
 *
 * Owns:       a folder in TMPDIR while the build runs; it is removed.
 * Promises:   the build finds CC and CXX set to `typeslab cc` and `typeslab
 *             c++`, and clang's own names led to them too; each compile is
 *             done once more for its IR, with the flags of alloc-token.
 *             Complains where the build failed, where no compile by clang was
 *             seen, and where the compiler's remarks and its IR do not tell the
 *             same.
 * Relies on:  cmd_cc, which writes the IR and the remarks into the folder.
 */
#ifndef TOOLS_AUDIT_BUILD_H
#define TOOLS_AUDIT_BUILD_H

#include "tools/audit.h"

/* The folder that a watched compile writes to: this variable names it. */
#define AUDIT_FOLDER "TYPESLAB_AUDIT"

/* More flags for the watched compile, between blanks. */
#define AUDIT_FLAGS "TYPESLAB_AUDIT_FLAGS"

/* The ending of a file that says why a source has no IR. */
#define AUDIT_FAILED ".failed"

/* 0 or -1 after a complaint. */
int audit_build(struct audit *audit, char **command);

/*
 * Runs the build; hands over each file written, then removes all. How many
 * sources could not be watched, after a line for each; or -1.
 */
int audit_watch(char **command, int (*take)(void *context, const char *path),
		void *context);

/* Of the files written: IR. The others are what the compiler said. */
bool audit_is_ir(const char *path);

/*
 * For a compile in @folder: what it runs is not watched, and PATH leads it to
 * no stand-in of ours. A compiler may look there for the true one, as ccache.
 */
void audit_leave(const char *folder);

#endif /* TOOLS_AUDIT_BUILD_H */
