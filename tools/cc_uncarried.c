/* SPDX-License-Identifier: Apache-2.0 */
/* cc_uncarried: no types for those; contract in cc_uncarried.h. */
#include "tools/cc_uncarried.h"

#include "tools/ir_scan.h"
#include "tools/ir_typed.h"
#include "tools/must.h"
#include "tools/slabline.h"
#include "tools/source.h"
#include "tools/text.h"

#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MARK ", !alloc_token !"

static char *path_in(const char *folder)
{
	return must_print("%s/" CC_UNCARRIED_FILE, folder);
}

bool cc_uncarried_has(const char *folder)
{
	char *path = path_in(folder);
	struct stat status;
	bool has_any = !stat(path, &status) && status.st_size;

	free(path);
	return has_any;
}

static int read_names(struct ir_typed *typed, const char *folder)
{
	char *path = path_in(folder);
	struct line_cursor cursor;
	struct piece line;
	struct text text;
	int status = 0;

	if (cc_uncarried_has(folder))
		status = source_read_file(path, &text);
	else
		text = (struct text){ 0 };
	free(path);
	if (status < 0)
		return -1;
	line_cursor_init(&cursor, source_bytes(&text).start, text.length);
	while (line_next(&cursor, &line))
		ir_typed_add(typed, must_keep(line));
	text_fini(&text);
	return 0;
}

/* All but the mark, which other marks may follow. */
static void write_line(struct piece line, bool is_typed, FILE *to)
{
	size_t before = is_typed ? scan_find(line, MARK) : line.length;
	struct piece rest = piece_from(line, before + strlen(MARK));

	while (rest.length && isdigit((unsigned char)*rest.start))
		rest = piece_from(rest, 1);
	fwrite(line.start, 1, before, to);
	fwrite(rest.start, 1, rest.length, to);
	putc('\n', to);
}

static int write_ir(const struct ir_typed *typed, struct piece module,
		    const char *path)
{
	FILE *to = fopen(path, "we");
	struct line_cursor cursor;
	struct piece line;

	line_cursor_init(&cursor, module.start, module.length);
	while (to && ir_typed_next(&cursor, &line))
		write_line(line, ir_typed_callee(typed, line), to);
	if (to && !ferror(to) && !fclose(to))
		return 0;
	warn("%s", path);
	return -1;
}

int cc_uncarried_apply(const char *folder, const char *ir)
{
	struct ir_typed typed = { 0 };
	struct text module;
	int status = read_names(&typed, folder);

	if (!status)
		status = source_read_file(ir, &module);
	if (!status) {
		ir_typed_add_static(&typed, source_bytes(&module));
		status = write_ir(&typed, source_bytes(&module), ir);
		text_fini(&module);
	}
	ir_typed_fini(&typed);
	return status;
}
