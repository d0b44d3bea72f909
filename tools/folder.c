/* SPDX-License-Identifier: Apache-2.0 */
/* folder: see folder.h. */
#include "tools/folder.h"

#include "tools/must.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

void folder_remove(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
	if (rmdir(path) < 0 && errno != ENOENT && errno != ENOTDIR)
		warn("%s", path);
}

char *folder_pattern(const char *path)
{
	char *pattern = must_alloc(2 * strlen(path) + 1, 1);
	size_t n = 0;

	for (; *path; path++) {
		if (strchr("*?[\\", *path))
			pattern[n++] = '\\';
		pattern[n++] = *path;
	}
	return pattern;
}
