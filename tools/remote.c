/* SPDX-License-Identifier: Apache-2.0 */
/* remote: another process's memory, read; contract in remote.h. */
#include "tools/remote.h"

#include <elfutils/libdwfl.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define OWN_LIBRARY "libtypeslab"
#define YAMA	    "/proc/sys/kernel/yama/ptrace_scope"

struct search {
	const char *name;
	bool in_own_library; /* else in everything but it */
	uintptr_t address;   /* 0: not found */
};

/* libdwfl hands its callbacks no context of ours. */
static pid_t searched_pid;

/*
 * Opens the file behind a mapping as the process sees it, which may have
 * another root than we. A file that was deleted or replaced since cannot be
 * opened by name; libdwfl reads such a one from the process's memory.
 */
static int open_mapped(Dwfl_Module *module, void **userdata, const char *name,
		       Dwarf_Addr base, char **file_name, Elf **elf)
{
	struct stat about;
	char *path;
	int fd;

	if (name[0] != '/' || strstr(name, " (deleted)"))
		return dwfl_linux_proc_find_elf(module, userdata, name, base,
						file_name, elf);
	if (asprintf(&path, "/proc/%d/root%s", (int)searched_pid, name) < 0)
		return -1;
	/* A mapped device or FIFO must not make us wait. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode))) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		free(path);
	else
		*file_name = path;
	return fd;
}

/* Never looks further for symbols: that could ask the network. */
static int find_no_debuginfo(Dwfl_Module *module, void **userdata,
			     const char *name, Dwarf_Addr base,
			     const char *file_name, const char *link,
			     GElf_Word crc, char **found)
{
	(void)module, (void)userdata, (void)name, (void)base;
	(void)file_name, (void)link, (void)crc, (void)found;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = open_mapped,
	.find_debuginfo = find_no_debuginfo,
};

static bool is_own_library(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strncmp(slash ? slash + 1 : path, OWN_LIBRARY,
			strlen(OWN_LIBRARY));
}

static int search_module(Dwfl_Module *module, void **userdata, const char *path,
			 Dwarf_Addr start, void *context)
{
	struct search *search = context;
	int nr;

	(void)userdata, (void)start;
	if (is_own_library(path) != search->in_own_library)
		return DWARF_CB_OK;
	nr = dwfl_module_getsymtab(module);
	for (int i = 0; i < nr; i++) {
		GElf_Sym symbol;
		const char *name = dwfl_module_getsym(module, i, &symbol, NULL);

		if (!name || symbol.st_shndx == SHN_UNDEF ||
		    GELF_ST_TYPE(symbol.st_info) != STT_OBJECT ||
		    strcmp(name, search->name))
			continue;
		search->address = symbol.st_value;
		return DWARF_CB_ABORT;
	}
	return DWARF_CB_OK;
}

/* Tells libdwfl of the mappings of @pid: 0, or an errno. */
static int report_mappings(Dwfl *dwfl, pid_t pid)
{
	char path[64];
	int error;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	if (!maps)
		return errno == ENOENT ? ESRCH : errno;
	dwfl_report_begin(dwfl);
	errno = 0;
	error = dwfl_linux_proc_maps_report(dwfl, maps);
	if (error < 0)
		error = ENOMEM;
	fclose(maps);
	dwfl_report_end(dwfl, NULL, NULL);
	/* Lets deleted files be read; without permission they stay unread. */
	(void)dwfl_linux_proc_attach(dwfl, pid, true);
	return error;
}

/* The word that Yama's setting stands for, or "" where there is none. */
static const char *yama_setting(void)
{
	static char text[64];
	FILE *file = fopen(YAMA, "re");
	int scope;

	if (!file)
		return "";
	if (fscanf(file, "%d", &scope) == 1)
		snprintf(text, sizeof(text), ", and is %d here", scope);
	fclose(file);
	return text;
}

void remote_complain(pid_t pid, int error)
{
	if (error == ESRCH && access("/proc/self/maps", F_OK) < 0)
		warnx("%d: cannot read this process: /proc is not mounted",
		      (int)pid);
	else if (error == ESRCH)
		warnx("%d: no such process", (int)pid);
	else if (error == EPERM || error == EACCES)
		warnx("%d: no permission to read this process: it must be "
		      "yours, and kernel.yama.ptrace_scope, where it exists, "
		      "must be 0%s",
		      (int)pid, yama_setting());
	else
		warnx("%d: cannot read this process: %s", (int)pid,
		      strerror(error));
}

Dwfl *remote_open(pid_t pid)
{
	Dwfl *dwfl = dwfl_begin(&callbacks);
	int error;

	if (!dwfl) {
		warnx("elfutils: %s", dwfl_errmsg(-1));
		return NULL;
	}
	searched_pid = pid;
	error = report_mappings(dwfl, pid);
	if (error) {
		remote_complain(pid, error);
		dwfl_end(dwfl);
		return NULL;
	}
	return dwfl;
}

/* Nor has a thread of the kernel's any memory; a zombie has none left. */
static bool has_memory(pid_t pid)
{
	char path[64];
	FILE *maps;
	bool has;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	if (!maps)
		return errno != ENOENT;
	has = getc(maps) != EOF;
	fclose(maps);
	return has;
}

int remote_find_symbol(pid_t pid, const char *name, uintptr_t *address)
{
	struct search search = { .name = name, .in_own_library = true };
	Dwfl *dwfl = remote_open(pid);

	if (!dwfl)
		return -1;
	dwfl_getmodules(dwfl, search_module, &search, 0);
	search.in_own_library = false;
	if (!search.address)
		dwfl_getmodules(dwfl, search_module, &search, 0);
	dwfl_end(dwfl);
	if (!search.address) {
		warnx(has_memory(pid) ? "%d: no libtypeslab in this process"
				      : "%d: has no memory: it has ended, or "
					"is a thread of the kernel's",
		      (int)pid);
		return -1;
	}
	*address = search.address;
	return 0;
}

int remote_read(pid_t pid, uintptr_t address, void *to, size_t n)
{
	struct iovec here = { .iov_base = to, .iov_len = n };
	/* An address of the other process; nobody follows it here. */
	struct iovec there = { .iov_base = (void *)address, .iov_len = n };
	ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);

	if (got < 0)
		return -1;
	if ((size_t)got != n) {
		errno = EFAULT;
		return -1;
	}
	return 0;
}
