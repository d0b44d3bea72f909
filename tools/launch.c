/* SPDX-License-Identifier: Apache-2.0 */
/* launch: the environment of a run; contract in launch.h. */
#include "tools/launch.h"

#include "tools/folder.h"
#include "tools/must.h"

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tried in this order, from the folder of the tool. */
static const char *const places[] = {
	"libtypeslab.so",
	"../lib*/libtypeslab.so",
	"../lib*/libtypeslab.so.[0-9]*",
	"../lib*/*/libtypeslab.so",
	"../lib*/*/libtypeslab.so.[0-9]*",
};

static const char *const plugin_places[] = {
	"gcc/typeslab_gcc.so",
	"typeslab_gcc.so",
	"../lib*/typeslab_gcc.so",
	"../lib*/*/typeslab_gcc.so",
};

#define NR_OF(array) (sizeof(array) / sizeof(*(array)))

/* What an ELF file begins with, as far as it says for which machine it is. */
struct machine {
	unsigned char ident[EI_DATA + 1];
	Elf64_Half type;
	Elf64_Half machine;
};

static bool read_machine(const char *path, struct machine *out)
{
	Elf64_Ehdr head = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, &head, sizeof(head));
	close(fd);
	memcpy(out->ident, head.e_ident, sizeof(out->ident));
	out->type = head.e_type;
	out->machine = head.e_machine;
	return got == sizeof(head) && !memcmp(head.e_ident, ELFMAG, SELFMAG);
}

/* A library of another machine may lie in a neighbouring folder. */
static bool is_loadable(const char *path)
{
	struct machine own, other;

	return read_machine("/proc/self/exe", &own) &&
	       read_machine(path, &other) && other.type == ET_DYN &&
	       other.machine == own.machine &&
	       !memcmp(own.ident, other.ident, sizeof(own.ident));
}

/* Sets @folder to where the tool lies. */
static bool find_folder(char folder[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", folder, PATH_MAX - 1);

	if (n <= 0)
		return false;
	folder[n] = 0;
	*strrchr(folder, '/') = 0;
	return true;
}

/* The first loadable file that @pattern names below @folder, or NULL. */
static char *find_match(const char *folder, const char *pattern)
{
	char *place = folder_pattern(folder);
	char *path = must_print("%s/%s", place, pattern);
	char *found = NULL;
	glob_t matches;

	if (!glob(path, 0, NULL, &matches)) {
		for (size_t i = 0; !found && i < matches.gl_pathc; i++) {
			if (is_loadable(matches.gl_pathv[i]))
				found = realpath(matches.gl_pathv[i], NULL);
		}
		globfree(&matches);
	}
	free(place);
	free(path);
	return found;
}

/* The file called @name that one of @patterns finds; NULL after complaint. */
static char *find_beside_tool(const char *name, const char *const *patterns,
			      size_t nr, const char *advice)
{
	char folder[PATH_MAX];
	char *found = NULL;

	if (!find_folder(folder)) {
		warn("/proc/self/exe");
		return NULL;
	}
	for (size_t i = 0; !found && i < nr; i++)
		found = find_match(folder, patterns[i]);
	if (!found)
		warnx("no %s beside %s: %s", name, folder, advice);
	return found;
}

char *launch_find_plugin(void)
{
	return find_beside_tool("typeslab_gcc.so", plugin_places,
				NR_OF(plugin_places),
				"it is built where gcc-12-plugin-dev is "
				"installed");
}

char *launch_find_library(const char *given)
{
	char *path;

	if (!given)
		path = find_beside_tool("libtypeslab.so", places, NR_OF(places),
					"name it with --library");
	else if (!(path = realpath(given, NULL)))
		warn("%s", given);
	else if (!is_loadable(path)) {
		warnx("%s: not a library for this machine", given);
		free(path);
		path = NULL;
	}
	return path;
}

int launch_preload(const char *path)
{
	const char *others = getenv("LD_PRELOAD");
	bool is_first = !others || !*others;
	char *all;
	int status;

	if (strpbrk(path, " \t\n:")) {
		warnx("%s: LD_PRELOAD cannot hold a path with a blank or colon",
		      path);
		return -1;
	}
	if (asprintf(&all, "%s%s%s", path, is_first ? "" : ":",
		     is_first ? "" : others) < 0)
		return -1;
	status = setenv("LD_PRELOAD", all, 1);
	if (status < 0)
		warn("environment");
	free(all);
	return status;
}

int launch_set_option(const char *key, const char *value)
{
	const char *others = getenv("TYPESLAB");
	bool is_first = !others || !*others;
	char *all;
	int status;

	if (asprintf(&all, "%s%s%s=%s", is_first ? "" : others,
		     is_first ? "" : ",", key, value) < 0)
		return -1;
	status = setenv("TYPESLAB", all, 1);
	free(all);
	return status;
}
