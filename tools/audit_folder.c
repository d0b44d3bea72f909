/* SPDX-License-Identifier: Apache-2.0 */
/* audit_folder: sites by folder; contract in audit_report.h. */
#include "tools/audit_report.h"

#include "tools/must.h"

#include <stdlib.h>
#include <string.h>

/* Components of a folder's name, behind what all files have in common. */
#define DEPTH 2

/* How much of its beginning, whole folders, @name has in common with @other. */
static size_t common_folders(const char *name, const char *other, size_t most)
{
	size_t common = 0;

	for (size_t i = 0; i < most && name[i] && name[i] == other[i]; i++) {
		if (name[i] == '/')
			common = i + 1;
	}
	return common;
}

/* The length of the beginning that all untyped sites' files share. */
static size_t find_common(const struct audit *audit)
{
	const char *first = NULL;
	size_t common = 0;

	for (size_t i = 0; i < audit->nr_sites; i++) {
		const struct audit_site *site = &audit->sites[i];

		if (site->kind != SITE_UNTYPED || !*site->file)
			continue;
		if (!first) {
			first = site->file;
			common = common_folders(first, first, strlen(first));
		}
		common = common_folders(first, site->file, common);
	}
	return common;
}

/* "" for a file that lies in the common folder, or is not told. */
static const char *folder_of(const char *file, size_t common)
{
	const char *start = strlen(file) > common ? file + common : file;
	const char *end = start;

	for (int depth = 0; depth < DEPTH; depth++) {
		/* Past the one that ended the last component, or the root's. */
		const char *slash = strchr(end + (*end == '/'), '/');

		if (!slash)
			break;
		end = slash;
	}
	return must_keep((struct piece){ start, end - start });
}

static struct audit_folder *find_folder(struct audit_folder *folders,
					size_t *nr, const char *name)
{
	for (size_t i = 0; i < *nr; i++) {
		if (folders[i].name == name)
			return &folders[i];
	}
	folders[*nr].name = name;
	return &folders[(*nr)++];
}

static int most_first(const void *first, const void *second)
{
	const struct audit_folder *a = first, *b = second;

	if (a->calls != b->calls)
		return a->calls < b->calls ? 1 : -1;
	return strcmp(a->name, b->name);
}

struct audit_folder *audit_folders(const struct audit *audit, size_t *nr)
{
	struct audit_folder *folders =
		must_alloc(audit->nr_sites + 1, sizeof(*folders));
	size_t common = find_common(audit);

	*nr = 0;
	for (size_t i = 0; i < audit->nr_sites; i++) {
		const struct audit_site *site = &audit->sites[i];
		struct audit_folder *folder;

		if (site->kind != SITE_UNTYPED)
			continue;
		folder =
			find_folder(folders, nr, folder_of(site->file, common));
		folder->calls += site->times;
		folder->places += !i || !audit_is_same_place(site, site - 1);
	}
	qsort(folders, *nr, sizeof(*folders), most_first);
	return folders;
}

size_t audit_places(const struct audit *audit)
{
	size_t nr, places = 0;
	struct audit_folder *folders = audit_folders(audit, &nr);

	for (size_t i = 0; i < nr; i++)
		places += folders[i].places;
	free(folders);
	return places;
}
