/* SPDX-License-Identifier: Apache-2.0 */
/* audit_log: remarks in the output of a build; contract in audit_read.h. */
#include "tools/audit_read.h"

#include "tools/must.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FLAG "alloc-token"

const char *audit_path_in(const char *folder, struct piece path)
{
	char *joined;
	const char *kept;

	while (piece_has_prefix(path, "./"))
		path = (struct piece){ path.start + 2, path.length - 2 };
	if (!folder || !*folder || piece_has_prefix(path, "/"))
		return must_keep(path);
	joined = must_print("%s/%.*s", folder, (int)path.length, path.start);
	kept = must_keep_string(joined);
	free(joined);
	return kept;
}

/* Copies @line without the colours of a terminal. */
static char *plain_copy(struct piece line)
{
	char *copy = must_alloc(line.length + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < line.length; i++) {
		if (line.start[i] == '\033') {
			while (i < line.length && line.start[i] != 'm' &&
			       line.start[i] != 'K')
				i++;
			continue;
		}
		copy[n++] = line.start[i] ? line.start[i] : ' ';
	}
	return copy;
}

/* The text after @before up to @after; *@next goes behind it. */
static bool take_between(const char **next, const char *before,
			 const char *after, struct piece *out)
{
	const char *start = strstr(*next, before);
	const char *end;

	if (!start)
		return false;
	start += strlen(before);
	end = strstr(start, after);
	if (!end)
		return false;
	*out = (struct piece){ start, end - start };
	*next = end;
	return true;
}

/* Cuts ":<number>" off the end of @text; false, and untouched, if none. */
static bool cut_number(struct piece *text, unsigned int *number)
{
	size_t n = text->length;
	uint64_t value;
	struct piece digits;

	while (n && text->start[n - 1] >= '0' && text->start[n - 1] <= '9')
		n--;
	digits = (struct piece){ text->start + n, text->length - n };
	if (!n || text->start[n - 1] != ':' ||
	    !piece_to_number(digits, &value) || value > UINT_MAX)
		return false;
	*number = value;
	text->length = n - 1;
	return true;
}

static void cut_suffix(struct piece *text, const char *suffix)
{
	size_t length = strlen(suffix);

	if (text->length >= length &&
	    !memcmp(text->start + text->length - length, suffix, length))
		text->length -= length;
}

/* "FILE:LINE:COLUMN: remark: "; opt says "remark: " first, LTO not at all. */
static void read_place(struct piece place, const struct must_names *in,
		       struct audit_site *site)
{
	const char *folder = in->nr ? in->list[in->nr - 1] : NULL;

	cut_suffix(&place, " ");
	cut_suffix(&place, "remark:");
	cut_suffix(&place, " ");
	cut_suffix(&place, ":");
	if (!cut_number(&place, &site->column))
		return;
	if (!cut_number(&place, &site->line)) {
		site->line = site->column;
		site->column = 0;
	}
	if (piece_has_prefix(place, "ld.lld: ") ||
	    piece_has_prefix(place, "remark: "))
		place = (struct piece){ place.start + 8, place.length - 8 };
	if (!piece_is(place, "<unknown>"))
		site->file = audit_path_in(folder, place);
}

static bool read_remark(const char *line, const struct must_names *in,
			struct audit_site *site)
{
	struct piece callee, function, between;
	const char *next = line;
	const char *call = strstr(line, "Call to '");

	if (!call || !take_between(&next, "Call to '", "' in '", &callee) ||
	    !take_between(&next, "' in '", "' without ", &function) ||
	    !take_between(&next, "' without ", " type token", &between))
		return false;
	*site = (struct audit_site){ .file = must_keep_string(""),
				     .kind = SITE_UNTYPED };
	site->callee = must_keep(callee);
	site->function = must_keep(function);
	read_place((struct piece){ line, call - line }, in, site);
	return true;
}

/* make's word on where it works; names are quoted as its version likes. */
static void follow_make(const char *line, struct must_names *in)
{
	const char *entering = strstr(line, ": Entering directory ");
	const char *name, *end;

	if (!strncmp(line, "make", 4) && strstr(line, ": Leaving directory ")) {
		in->nr -= in->nr > 0;
		return;
	}
	if (strncmp(line, "make", 4) || !entering)
		return;
	name = entering + strlen(": Entering directory ") + 1;
	if (name[-1] != '\'' && name[-1] != '`')
		return;
	end = strchr(name, '\'');
	if (!end)
		return;
	must_add_name(in, must_keep((struct piece){ name, end - name }));
}

int audit_read_log(struct audit *audit, struct piece text,
		   struct text_fault *fault)
{
	struct must_names in = { 0 };
	struct audit_site site;
	struct line_cursor cursor;
	bool has_trace = !text.length || audit->is_watched;
	struct piece line;

	line_cursor_init(&cursor, text.start, text.length);
	while (line_next(&cursor, &line)) {
		char *plain = plain_copy(line);

		follow_make(plain, &in);
		if (strstr(plain, FLAG))
			has_trace = true;
		if (read_remark(plain, &in, &site)) {
			has_trace = true;
			audit->nr_remarks++;
			site.source = FROM_REMARK;
			audit_add(audit, &site);
		}
		free(plain);
	}
	free(in.list);
	if (!has_trace) {
		*fault = (struct text_fault){
			.what = "no remark of alloc-token: was it built with "
				"-Rpass=alloc-token?"
		};
		return -1;
	}
	audit->nr_inputs[FROM_REMARK]++;
	return 0;
}
