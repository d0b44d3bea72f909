/* SPDX-License-Identifier: Apache-2.0 */
/* wrap_write: a folder of the header, the shim and its objects; see wrap.h. */
#include "tools/wrap.h"

#include "tools/cc_run.h"
#include "tools/cc_uncarried.h"
#include "tools/must.h"

#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_file(const char *folder, const char *name,
		      void (*print)(const struct wraps *wraps, FILE *to),
		      const struct wraps *wraps)
{
	char *path = must_print("%s/%s", folder, name);
	FILE *to = fopen(path, "we");
	int status = 0;

	if (to)
		print(wraps, to);
	if (!to || ferror(to) || fclose(to)) {
		warn("%s", path);
		status = -1;
	}
	free(path);
	return status;
}

/* include/ of the tree, or of where the tool was installed. */
static char *find_include(void)
{
	char tool[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", tool, sizeof(tool) - 1);

	tool[n > 0 ? n : 0] = 0;
	return must_print("-I%s/../include", dirname(tool));
}

static const char *program(const char *variable, const char *usual)
{
	const char *named = getenv(variable);

	return named && *named ? named : usual;
}

static int compile(const char *folder, const char *include, const char *define,
		   const char *object)
{
	char *source = must_print("%s/wrap.c", folder);
	const char *words[] = { program("TYPESLAB_CC", "clang-22"),
				"-O2",
				"-fPIC",
				"-fno-builtin",
				include,
				define,
				"-c",
				source,
				"-o",
				object,
				NULL };
	int status = cc_run_words((char **)words);

	free(source);
	return status ? -1 : 0;
}

/* The twin of one wrapper as an object of its own, in the archive. */
static int keep_twin(const char *folder, const char *include, size_t number)
{
	char *define = must_print("-DTWIN=%zu", number);
	char *object = must_print("%s/wrap.%zu.o", folder, number);
	char *archive = must_print("%s/wrap.a", folder);
	const char *keep[] = { program("AR", "ar"), "qcD", archive, object,
			       NULL };
	int status = compile(folder, include, define, object);

	if (!status && cc_run_words((char **)keep))
		status = -1;
	unlink(object);
	free(define);
	free(object);
	free(archive);
	return status;
}

/*
 * One object each: of several programs that one build makes, not every one has
 * all wrappers. An LTO link takes all, which are weak, as one.
 */
static int write_objects(const struct wraps *wraps, const char *folder)
{
	char *include = find_include();
	char *archive = must_print("%s/wrap.a", folder);
	char *late = must_print("%s/wrap.o", folder);
	const char *empty[] = { program("AR", "ar"), "qcD", archive, NULL };
	int status;

	unlink(archive);
	status = cc_run_words((char **)empty) ? -1 : 0;
	for (size_t i = 0; !status && i < wrap_nr_carried(wraps); i++)
		status = keep_twin(folder, include, i);
	if (!status)
		status = compile(folder, include, "-DLATE", late);
	free(include);
	free(archive);
	free(late);
	return status;
}

static int write_folder(const struct wraps *wraps, const char *folder)
{
	if (mkdir(folder, 0777) < 0 && errno != EEXIST) {
		warn("%s", folder);
		return -1;
	}
	if (write_file(folder, "wrap.h", wrap_print_header, wraps) ||
	    write_file(folder, "wrap.c", wrap_print_shim, wraps) ||
	    write_file(folder, CC_UNCARRIED_FILE, wrap_print_uncarried, wraps))
		return -1;
	return write_objects(wraps, folder);
}

int wrap_write(const struct wraps *wraps, const char *folder)
{
	char *path = must_path(folder);
	int status = write_folder(wraps, path);

	free(path);
	return status;
}
