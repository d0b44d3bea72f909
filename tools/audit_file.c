/* SPDX-License-Identifier: Apache-2.0 */
/* audit_file: which reader a file needs; contract in audit_read.h. */
#include "tools/audit_read.h"

#include "tools/source.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As much as tells what a file is. */
#define HEAD_BYTES 4096

static bool begins(struct piece bytes, const void *magic, size_t length)
{
	return bytes.length >= length && !memcmp(bytes.start, magic, length);
}

enum audit_format audit_format_of(struct piece bytes)
{
	if (bytes.length > HEAD_BYTES)
		bytes.length = HEAD_BYTES;
	if (begins(bytes, ELFMAG, SELFMAG))
		return FORMAT_ELF;
	if (begins(bytes, "BC\xc0\xde", 4) ||
	    begins(bytes, "\xde\xc0\x17\x0b", 4))
		return FORMAT_BITCODE;
	if (begins(bytes, "!<arch>\n", 8) || begins(bytes, "!<thin>\n", 8))
		return FORMAT_ARCHIVE;
	if (begins(bytes, "--- ", 4) || begins(bytes, "---\n", 4))
		return FORMAT_YAML;
	if (begins(bytes, "; ModuleID", 10) ||
	    begins(bytes, "source_filename", 15))
		return FORMAT_IR;
	if (bytes.length && memchr(bytes.start, 0, bytes.length))
		return FORMAT_FOREIGN;
	return FORMAT_LOG;
}

static int read_text(struct audit *audit, struct piece text,
		     struct text_fault *fault)
{
	switch (audit_format_of(text)) {
	case FORMAT_YAML:
		return audit_read_yaml(audit, text, fault);
	case FORMAT_IR:
		return audit_read_ir(audit, text, fault);
	case FORMAT_LOG:
		return audit_read_log(audit, text, fault);
	case FORMAT_ELF:
		fault->what = "machine code: name a regular file for it";
		return -1;
	case FORMAT_BITCODE:
		fault->what = "bitcode: turn it into text with llvm-dis";
		return -1;
	case FORMAT_ARCHIVE:
		fault->what =
			"an archive: name its objects (ar x), or a program";
		return -1;
	default:
		fault->what = "neither a build log, a record, IR nor ELF";
		return -1;
	}
}

/* A log may be empty; what a compiler left that was killed is none. */
static bool is_cut_object(const char *path, const struct text *text)
{
	const char *suffix = strrchr(path, '.');

	return !text->length && suffix && !strcmp(suffix, ".o");
}

/* Programs are larger than a text may be; of a pipe nothing is taken here. */
static bool is_elf(const char *path)
{
	char magic[SELFMAG];
	struct stat status;
	bool is;
	int fd;

	if (!strcmp(path, "-") || stat(path, &status) < 0 ||
	    !S_ISREG(status.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	is = fd >= 0 && read(fd, magic, SELFMAG) == SELFMAG &&
	     !memcmp(magic, ELFMAG, SELFMAG);
	if (fd >= 0)
		close(fd);
	return is;
}

int audit_read_file(struct audit *audit, const char *path)
{
	struct text_fault fault = { 0 };
	struct piece bytes;
	struct text text;
	int status = -1;

	if (is_elf(path))
		return audit_read_elf(audit, path);
	if (source_read_file(path, &text) < 0)
		return -1;
	bytes = source_bytes(&text);
	if (is_cut_object(path, &text))
		fault.what = "empty: no object";
	else
		status = read_text(audit, bytes, &fault);
	text_fini(&text);
	if (status < 0)
		source_complain(path, &fault);
	return status;
}
