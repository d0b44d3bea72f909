/* SPDX-License-Identifier: Apache-2.0 */
/* elf_file: an ELF file opened; contract in elf_file.h. */
#include "tools/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder or a device is nothing for libdwfl. */
static const char *check_file(const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error;

	if (fd < 0)
		return strerror(errno);
	error = fstat(fd, &status) < 0 ? errno : 0;
	close(fd);
	if (error)
		return strerror(error);
	return S_ISREG(status.st_mode) ? NULL : "not a regular file";
}

const char *elf_file_open(struct elf_file *file, const char *path)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
		.section_address = dwfl_offline_section_address,
	};
	const char *fault = check_file(path);

	if (fault)
		return fault;
	file->dwfl = dwfl_begin(&callbacks);
	if (!file->dwfl)
		return dwfl_errmsg(-1);
	file->module = dwfl_report_offline(file->dwfl, path, path, -1);
	dwfl_report_end(file->dwfl, NULL, NULL);
	if (file->module)
		return NULL;
	fault = dwfl_errmsg(-1);
	dwfl_end(file->dwfl);
	return fault;
}

void elf_file_close(struct elf_file *file)
{
	dwfl_end(file->dwfl);
}
