/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder: folders of our own making, for what other programs write.
 *
 * Owns:       nothing.
 * Promises:   what is removed goes with all files in it; a folder that is not
 *             there is no fault.
 * Relies on:  no folders inside.
 */
#ifndef TOOLS_FOLDER_H
#define TOOLS_FOLDER_H

void folder_remove(const char *path);

/* What glob() takes for @path and nothing else; to be freed. */
char *folder_pattern(const char *path);

#endif /* TOOLS_FOLDER_H */
