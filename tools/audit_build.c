/* SPDX-License-Identifier: Apache-2.0 */
/* audit_build: a build is watched; contract in audit_build.h. */
#include "tools/audit_build.h"

#include "tools/audit_read.h"
#include "tools/folder.h"
#include "tools/must.h"
#include "tools/supervise.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Names under which builds call clang, and our command for each. */
static const struct {
	const char *name;
	const char *command;
} compilers[] = {
	{ "clang", "cc" },
	{ "clang-22", "cc" },
	{ "clang++", "c++" },
	{ "clang++-22", "c++" },
};

#define NR_COMPILERS (sizeof(compilers) / sizeof(*compilers))

/* Where programs lie: what execvp() takes is a shell's without PATH, too. */
static const char *search_path(void)
{
	const char *path = getenv("PATH");

	return path ? path : "/bin:/usr/bin";
}

/* The path of @name as the shell would find it, or NULL. */
static char *find_program(const char *name)
{
	char *all = must_print("%s", search_path());
	char *next = all, *folder, *found = NULL;

	while (!found && (folder = strsep(&next, ":"))) {
		found = must_print("%s/%s", folder, name);
		if (access(found, X_OK)) {
			free(found);
			found = NULL;
		}
	}
	free(all);
	return found;
}

/* As a word of the shell's. */
static void print_quoted(FILE *to, const char *path)
{
	putc('\'', to);
	for (; *path; path++) {
		if (*path == '\'')
			fputs("'\\'", to);
		putc(*path, to);
	}
	putc('\'', to);
}

static void print_export(FILE *to, const char *name, const char *value)
{
	fprintf(to, "export %s=", name);
	print_quoted(to, value);
	putc('\n', to);
}

/*
 * A script of that name that calls us and names the true one; it says what a
 * build that cleans the environment of its compilers would have lost.
 */
static int write_stand_in(const char *folder, const char *tool, size_t i)
{
	char *true_one = find_program(compilers[i].name);
	char *path = must_print("%s/bin/%s", folder, compilers[i].name);
	const char *flags = getenv(AUDIT_FLAGS);
	int status = 0;
	FILE *to;

	if (true_one) {
		to = fopen(path, "we");
		if (to) {
			fputs("#!/bin/sh\n", to);
			print_export(to, AUDIT_FOLDER, folder);
			if (flags)
				print_export(to, AUDIT_FLAGS, flags);
			fputs("exec ", to);
			print_quoted(to, tool);
			fprintf(to, " %s --typeslab-watch --typeslab-compiler=",
				compilers[i].command);
			print_quoted(to, true_one);
			fputs(" \"$@\"\n", to);
			fchmod(fileno(to), 0700);
		}
		if (!to || fclose(to)) {
			warn("%s", path);
			status = -1;
		}
	}
	free(path);
	free(true_one);
	return status;
}

static void set_variable(const char *name, char *value)
{
	if (setenv(name, value, 1) < 0)
		warn("environment");
	free(value);
}

/* What a build that makes words of $CC calls us; NULL after a complaint. */
static char *name_of_tool(const char *bin, const char *tool)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789"
				    "/._+-@%,";
	char *path;
	int status;

	/* By its path, which holds when the build is watched no more. */
	if (!tool[strspn(tool, plain)])
		return must_print("%s", tool);
	path = must_print("%s/typeslab", bin);
	status = symlink(tool, path);
	if (status < 0)
		warn("%s", path);
	free(path);
	return status < 0 ? NULL : must_print("typeslab");
}

/* CC, CXX and PATH lead to us. */
static int lead_to_us(const char *folder)
{
	char tool[PATH_MAX], *name;
	ssize_t length = readlink("/proc/self/exe", tool, sizeof(tool) - 1);
	char *bin = must_print("%s/bin", folder);
	int status = mkdir(bin, 0700);

	if (length <= 0 || status < 0) {
		warn("%s", length <= 0 ? "/proc/self/exe" : bin);
		free(bin);
		return -1;
	}
	tool[length] = 0;
	for (size_t i = 0; i < NR_COMPILERS && !status; i++)
		status = write_stand_in(folder, tool, i);
	name = name_of_tool(bin, tool);
	if (!name)
		status = -1;
	set_variable("CC", must_print("%s cc", name ? name : ""));
	set_variable("CXX", must_print("%s c++", name ? name : ""));
	set_variable("PATH", must_print("%s:%s", bin, search_path()));
	set_variable("CCACHE_DISABLE", must_print("1"));
	set_variable(AUDIT_FOLDER, must_print("%s", folder));
	free(name);
	free(bin);
	return status;
}

void audit_leave(const char *folder)
{
	char *bin = must_print("%s/bin", folder);
	char *all = must_print("%s", search_path());
	char *next = all, *place, *longer;
	char *rest = NULL;

	while ((place = strsep(&next, ":"))) {
		if (!strcmp(place, bin))
			continue;
		/* An empty name is a place, too: where one stands. */
		longer = must_print("%s%s%s", rest ? rest : "", rest ? ":" : "",
				    place);
		free(rest);
		rest = longer;
	}
	set_variable("PATH", rest ? rest : must_print("%s", ""));
	unsetenv(AUDIT_FOLDER);
	free(all);
	free(bin);
}

static int run(char **command)
{
	struct supervised child;
	int error = supervise_start(&child, command);
	int status;

	if (error) {
		errno = error;
		warn("%s", command[0]);
		return -1;
	}
	status = supervise_wait(&child);
	/* What nobody reads any more is no reason to leave the folder. */
	signal(SIGPIPE, SIG_IGN);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFSIGNALED(status))
		warnx("%s: killed by signal %d", command[0], WTERMSIG(status));
	else
		warnx("%s: failed with status %d", command[0],
		      WEXITSTATUS(status));
	return -1;
}

/* Hands over what matches; removes it. */
static int take_matches(const char *folder, const char *pattern,
			int (*take)(void *context, const char *path),
			void *context)
{
	char *place = folder_pattern(folder);
	char *path = must_print("%s/%s", place, pattern);
	int status = 0;
	glob_t found;

	if (!glob(path, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			if (!status && take)
				status = take(context, found.gl_pathv[i]);
			unlink(found.gl_pathv[i]);
		}
		globfree(&found);
	}
	free(place);
	free(path);
	return status;
}

static void remove_folder(const char *folder)
{
	char *bin = must_print("%s/bin", folder);

	take_matches(folder, "bin/*", NULL, NULL);
	take_matches(folder, "*.*", NULL, NULL);
	rmdir(bin);
	if (rmdir(folder) < 0)
		warn("%s", folder);
	free(bin);
}

/* Says which source is not among what was taken. */
static int tell_failed(void *context, const char *path)
{
	unsigned int *nr = context;
	FILE *from = fopen(path, "re");
	char *line = NULL, *end;
	size_t size = 0;

	++*nr;
	if (from && getdelim(&line, &size, 0, from) > 0) {
		/* The name of the source may have an end of a line in it. */
		end = strrchr(line, '\n');
		if (end && !end[1])
			*end = 0;
		warnx("not counted: %s", must_keep_printable(line));
	} else if (from) {
		warnx("not counted: a source that there was no room to name");
	} else {
		warn("%s", path);
	}
	if (from)
		fclose(from);
	free(line);
	return 0;
}

int audit_watch(char **command, int (*take)(void *context, const char *path),
		void *context)
{
	const char *place = getenv("TMPDIR");
	/* PATH cannot hold a colon. */
	bool is_fit = place && *place == '/' && !strchr(place, ':');
	char *folder =
		must_print("%s/typeslab-XXXXXX", is_fit ? place : "/tmp");
	unsigned int nr_failed = 0;
	struct sigaction pipe;
	int status;

	if (!mkdtemp(folder)) {
		warn("%s", folder);
		free(folder);
		return -1;
	}
	sigaction(SIGPIPE, NULL, &pipe);
	status = lead_to_us(folder);
	if (!status)
		status = run(command);
	if (!status)
		status = take_matches(folder, "*.ll", take, context);
	if (!status)
		status = take_matches(folder, "*.log", take, context);
	if (!status)
		take_matches(folder, "*" AUDIT_FAILED, tell_failed, &nr_failed);
	remove_folder(folder);
	free(folder);
	sigaction(SIGPIPE, &pipe, NULL);
	return status < 0 ? -1 : (int)nr_failed;
}

bool audit_is_ir(const char *path)
{
	const char *ending = strrchr(path, '.');

	return ending && !strcmp(ending, ".ll");
}

static int take_file(void *context, const char *path)
{
	struct audit *audit = context;

	if (audit_is_ir(path))
		audit->nr_compiles++;
	return audit_read_file(audit, path);
}

/* What the compiler remarked and what its IR shows must be one number. */
static void compare(const struct audit *audit)
{
	size_t nr_untyped = 0;

	for (size_t i = 0; i < audit->nr_sites; i++) {
		if (audit->sites[i].source == FROM_IR &&
		    audit->sites[i].kind == SITE_UNTYPED)
			nr_untyped++;
	}
	if (nr_untyped != audit->nr_remarks)
		warnx("the compiler remarked on %zu calls, its IR shows %zu "
		      "without a type",
		      audit->nr_remarks, nr_untyped);
}

int audit_build(struct audit *audit, char **command)
{
	int nr_failed;

	audit->is_watched = true;
	nr_failed = audit_watch(command, take_file, audit);
	if (nr_failed < 0)
		return -1;
	audit->nr_failed = nr_failed;
	if (!audit->nr_compiles) {
		if (!nr_failed)
			warnx("%s: no compile by clang was seen: does it use "
			      "CC or clang-22?",
			      command[0]);
		return -1;
	}
	/* Compiles that fix types early tell IR alone. */
	if (audit->nr_inputs[FROM_REMARK] == audit->nr_compiles)
		compare(audit);
	return 0;
}
