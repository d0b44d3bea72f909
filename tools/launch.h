/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch: the environment in which a program runs on libtypeslab.
 *
 * Owns:       TYPESLAB and LD_PRELOAD of this process's environment.
 * Promises:   what stood in either stays in force; ours is put after it in
 *             TYPESLAB, where the last one counts, and before it in
 *             LD_PRELOAD, where the first one does.
 * Relies on:  /proc/self/exe, to find the library beside the tool.
 * Invariant:  the library's path is absolute.
 */
#ifndef TOOLS_LAUNCH_H
#define TOOLS_LAUNCH_H

/*
 * The library: @given, or the one beside the tool (the build folder, or lib*
 * and lib*'s subfolders beside its bin). An allocated string, or NULL after a
 * complaint.
 */
char *launch_find_library(const char *given);

/* The plugin for GCC beside the tool, or NULL after a complaint. */
char *launch_find_plugin(void);

/* Puts @path first among the preloaded: 0, or -1 after a complaint. */
int launch_preload(const char *path);

/* Appends "@key=@value": 0 or -1 with errno. */
int launch_set_option(const char *key, const char *value);

#endif /* TOOLS_LAUNCH_H */
