/* SPDX-License-Identifier: Apache-2.0 */
/* elf_file: an ELF file opened; contract in elf_file.h. */
#include "tools/elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The table of sections is the end of a file. To libelf one that was cut has no
 * sections: an object would have no calls at all.
 */
static bool is_cut(int fd, uint64_t size)
{
	Elf64_Ehdr head;
	uint64_t nr;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_ident[EI_DATA] != ELFDATA2LSB || !head.e_shoff)
		return false;
	nr = head.e_shnum ? head.e_shnum : 1;
	return head.e_shoff > size ||
	       (size - head.e_shoff) / sizeof(Elf64_Shdr) < nr;
}

/* A folder or a device is nothing for libdwfl. */
static const char *check_file(const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *fault = NULL;

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &status) < 0)
		fault = strerror(errno);
	else if (!S_ISREG(status.st_mode))
		fault = "not a regular file";
	else if (is_cut(fd, status.st_size))
		fault = "truncated: its sections end behind its end";
	close(fd);
	return fault;
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

static bool is_unknown(Elf_Scn *section)
{
	GElf_Shdr head;
	GElf_Chdr packed;

	return gelf_getshdr(section, &head) &&
	       (head.sh_flags & SHF_COMPRESSED) &&
	       gelf_getchdr(section, &packed) &&
	       packed.ch_type != ELFCOMPRESS_ZLIB;
}

const char *elf_file_unread(const char *path)
{
	const char *why = NULL;
	Elf_Scn *section = NULL;
	struct elf_file file;
	GElf_Addr bias;
	Elf *elf;

	if (elf_file_open(&file, path))
		return NULL;
	elf = dwfl_module_getelf(file.module, &bias);
	if (dwfl_module_getdwarf(file.module, &bias))
		elf = NULL;
	while (elf && !why && (section = elf_nextscn(elf, section))) {
		if (is_unknown(section))
			why = "this elfutils cannot read its debug information,"
			      " compressed by zstd: build it with -gz=zlib, or"
			      " run objcopy --decompress-debug-sections";
	}
	elf_file_close(&file);
	return why;
}

void elf_file_close(struct elf_file *file)
{
	dwfl_end(file->dwfl);
}
