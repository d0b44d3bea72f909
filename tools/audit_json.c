/* SPDX-License-Identifier: Apache-2.0 */
/* audit_json: an audit for programs; contract in audit_report.h. */
#include "tools/audit_report.h"

#include "tools/must.h"

#include <err.h>
#include <jansson.h>
#include <stdlib.h>

/* Paths need not be UTF-8; what is not becomes a question mark. */
static json_t *text_of(const char *bytes)
{
	json_t *text = json_string(bytes);
	char *copy;

	if (text)
		return text;
	copy = must_print("%s", bytes);
	for (char *c = copy; *c; c++) {
		if (*c & 0x80)
			*c = '?';
	}
	text = json_string(copy);
	free(copy);
	return text;
}

static json_t *counts_of(const struct audit *audit,
			 const struct audit_counts *counts)
{
	json_t *object = json_object();

	for (enum site_kind kind = 0; kind < NR_SITE_KINDS; kind++)
		json_object_set_new(object, audit_kind_name(kind),
				    json_integer(counts->by[kind]));
	if (!audit_knows_typed(audit))
		return object;
	json_object_set_new(object, "calls", json_integer(audit_all(counts)));
	json_object_set_new(object, "typed_share",
			    json_real(audit_share(counts)));
	return object;
}

static json_t *site_of(const struct audit_site *site)
{
	json_t *object = json_object();

	json_object_set_new(object, "file", text_of(site->file));
	json_object_set_new(object, "line", json_integer(site->line));
	json_object_set_new(object, "column", json_integer(site->column));
	json_object_set_new(object, "function",
			    text_of(audit_function_name(site->function)));
	json_object_set_new(object, "callee", text_of(site->callee));
	json_object_set_new(object, "kind",
			    text_of(audit_kind_name(site->kind)));
	json_object_set_new(object, "times", json_integer(site->times));
	if (site->type)
		json_object_set_new(object, "type", text_of(site->type));
	if (site->token) {
		char *token = must_print("%#lx", (unsigned long)site->token);

		json_object_set_new(object, "token", text_of(token));
		free(token);
	}
	if (site->kind == SITE_UNTYPED || site->kind == SITE_HIDDEN) {
		json_object_set_new(object, "why",
				    text_of(why_word(site->why)));
		json_object_set_new(object, "remedy",
				    text_of(why_remedy(site->why)));
	}
	return object;
}

static json_t *folders_of(const struct audit *audit)
{
	json_t *array = json_array();
	size_t nr;
	struct audit_folder *folders = audit_folders(audit, &nr);

	for (size_t i = 0; i < nr; i++) {
		json_t *folder = json_object();

		json_object_set_new(folder, "folder", text_of(folders[i].name));
		json_object_set_new(folder, "untyped",
				    json_integer(folders[i].calls));
		json_object_set_new(folder, "places",
				    json_integer(folders[i].places));
		json_array_append_new(array, folder);
	}
	free(folders);
	return array;
}

void audit_print_json(const struct audit *audit,
		      const struct audit_report *report, FILE *to)
{
	struct audit_counts sum = audit_sum(audit);
	json_t *all = json_object(), *files = json_array();
	json_t *sites = json_array();
	size_t nr;
	struct audit_file *list = audit_files(audit, &nr);

	for (size_t i = 0; i < nr; i++) {
		json_t *file = counts_of(audit, &list[i].counts);

		json_object_set_new(file, "file", text_of(list[i].name));
		json_array_append_new(files, file);
	}
	for (size_t i = 0; i < audit->nr_sites; i++)
		json_array_append_new(sites, site_of(&audit->sites[i]));
	json_object_set_new(all, "subject", text_of(report->subject));
	json_object_set_new(all, "remarks", json_integer(audit->nr_remarks));
	json_object_set_new(all, "sum", counts_of(audit, &sum));
	json_object_set_new(all, "untyped_places",
			    json_integer(audit_places(audit)));
	json_object_set_new(all, "folders", folders_of(audit));
	json_object_set_new(all, "files", files);
	json_object_set_new(all, "sites", sites);
	if (json_dumpf(all, to, JSON_INDENT(1) | JSON_SORT_KEYS) < 0)
		warn("json");
	putc('\n', to);
	json_decref(all);
	free(list);
}
