/* SPDX-License-Identifier: Apache-2.0 */
/* parsers: see parsers.h. What is read is used, as the commands would. */
#include "parsers.h"

#include "tools/audit_read.h"
#include "tools/audit_report.h"
#include "tools/types_table.h"
#include "tools/wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef int reader_function(struct audit *audit, struct piece text,
			    struct text_fault *fault);

static int audit_by(reader_function *read, const char *text, size_t length)
{
	struct audit_report report = { .subject = "x", .style.width = 80 };
	struct text_fault fault = { 0 };
	struct audit audit;
	char *page;
	size_t size;
	FILE *to;
	int status;

	audit_init(&audit);
	status = read(&audit, (struct piece){ text, length }, &fault);
	if (status < 0 && !fault.what)
		abort();
	audit_settle(&audit);
	to = open_memstream(&page, &size);
	if (to) {
		audit_print_text(&audit, &report, to);
		audit_print_html(&audit, &report, to);
		fclose(to);
		free(page);
	}
	audit_fini(&audit);
	return status;
}

int parser_log(const char *text, size_t length)
{
	return audit_by(audit_read_log, text, length);
}

int parser_yaml(const char *text, size_t length)
{
	return audit_by(audit_read_yaml, text, length);
}

int parser_ir(const char *text, size_t length)
{
	return audit_by(audit_read_ir, text, length);
}

int parser_wrap(const char *text, size_t length)
{
	struct text_fault fault = { 0 };
	struct wraps wraps = { 0 };
	char *page;
	size_t size;
	FILE *to;
	int status =
		wrap_read_ir(&wraps, (struct piece){ text, length }, &fault);

	if (status < 0 && !fault.what)
		abort();
	wrap_read_raw(&wraps, (struct piece){ text, length });
	wrap_resolve(&wraps);
	for (size_t i = 0; i < wraps.nr_functions; i++)
		wraps.functions[i].is_chosen = true;
	to = open_memstream(&page, &size);
	if (to) {
		wrap_print_header(&wraps, to);
		wrap_print_shim(&wraps, to);
		wrap_print_uncarried(&wraps, to);
		fclose(to);
		free(page);
	}
	wrap_fini(&wraps);
	return status;
}

int parser_table(const char *text, size_t length)
{
	struct types_table table = { 0 };
	struct text_fault fault = { 0 };
	int status = types_table_parse(&table, (struct piece){ text, length },
				       &fault);

	if (status < 0 && !fault.what)
		abort();
	types_table_fini(&table);
	return status;
}

static int read_elf(const char *path)
{
	struct types_table table = { 0 };
	struct audit_report report = { .subject = "x", .style.width = 80 };
	FILE *to = fopen("/dev/null", "we");
	struct audit audit;
	int status;

	if (!to)
		return -1;
	audit_init(&audit);
	status = audit_read_elf(&audit, path);
	audit_settle(&audit);
	audit_print_html(&audit, &report, to);
	audit_fini(&audit);
	if (types_table_add_file(&table, path) < 0)
		status = -1;
	types_table_settle(&table);
	types_table_print(&table, to);
	types_table_print_misclassed(&table, to);
	types_table_fini(&table);
	fclose(to);
	return status;
}

int parser_elf(const char *text, size_t length)
{
	int fd = memfd_create("parser", MFD_CLOEXEC);
	char path[32];
	int status = -1;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0 && write(fd, text, length) == (ssize_t)length)
		status = read_elf(path);
	close(fd);
	return status;
}
