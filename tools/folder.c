/* SPDX-License-Identifier: Apache-2.0 */
/* folder: see folder.h. */
#include "tools/folder.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
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
