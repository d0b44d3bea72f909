/* SPDX-License-Identifier: Apache-2.0 */
/* types_table: names of tokens; contract in types_table.h. */
#include "tools/types_table.h"

#include "tools/audit_read.h"
#include "tools/must.h"
#include "tools/source.h"

#include "policy/token_hash.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD	     "# typeslab types 1"
#define UNKNOWN_NAME "?"

static struct types_entry *add(struct types_table *table, uint64_t token,
			       const char *name)
{
	struct types_entry *entry;

	table->entries = must_room(table->entries, table->nr, &table->capacity,
				   sizeof(*entry));
	entry = &table->entries[table->nr++];
	*entry = (struct types_entry){ .token = token, .name = name };
	return entry;
}

static int compare_tokens(const void *first, const void *second)
{
	uint64_t a = *(const uint64_t *)first, b = *(const uint64_t *)second;

	return (a > b) - (a < b);
}

/* The wide tokens at the sites of @audit, sorted. */
static uint64_t *tokens_of(const struct audit *audit, size_t *nr)
{
	uint64_t *tokens = must_alloc(audit->nr_sites, sizeof(*tokens));

	*nr = 0;
	for (size_t i = 0; i < audit->nr_sites; i++) {
		if (audit->sites[i].token >= AUDIT_SMALL_TOKENS)
			tokens[(*nr)++] = audit->sites[i].token;
	}
	if (*nr)
		qsort(tokens, *nr, sizeof(*tokens), compare_tokens);
	return tokens;
}

static void add_if_passed(struct types_table *table,
			  const struct dwarf_type *type, bool has_pointer,
			  const uint64_t *tokens, size_t nr)
{
	uint64_t token =
		token_hash(type->name, strlen(type->name), has_pointer);
	struct types_entry *entry;

	if (!nr || !bsearch(&token, tokens, nr, sizeof(token), compare_tokens))
		return;
	entry = add(table, token, type->name);
	entry->holds = type->holds;
	entry->member = type->member;
	entry->is_described = true;
}

/* Machine code: each token passed, by name where debug information has it. */
static int add_program(struct types_table *table, const struct audit *audit,
		       const char *path)
{
	struct dwarf_types types;
	const char *fault = dwarf_types_read(&types, path);
	size_t nr, before = table->nr;
	uint64_t *tokens;

	if (fault) {
		warnx("%s: %s", source_name(path), fault);
		return -1;
	}
	tokens = tokens_of(audit, &nr);
	for (size_t i = 0; i < types.nr; i++) {
		add_if_passed(table, &types.list[i], false, tokens, nr);
		add_if_passed(table, &types.list[i], true, tokens, nr);
	}
	for (size_t i = 0; i < nr; i++) {
		bool is_named = i && tokens[i] == tokens[i - 1];

		for (size_t k = before; k < table->nr && !is_named; k++)
			is_named = table->entries[k].token == tokens[i];
		if (!is_named)
			add(table, tokens[i], UNKNOWN_NAME);
	}
	free(tokens);
	dwarf_types_fini(&types);
	return 0;
}

int types_table_add_file(struct types_table *table, const char *path)
{
	struct audit audit;
	int status;

	audit_init(&audit);
	audit.needs_no_places = true;
	status = audit_read_file(&audit, path);
	if (!status && audit.nr_inputs[FROM_REMARK]) {
		warnx("%s: a log names no types: name IR or a program",
		      source_name(path));
		status = -1;
	}
	for (size_t i = 0; i < audit.nr_sites && !status; i++) {
		const struct audit_site *site = &audit.sites[i];

		if (site->type && site->token >= AUDIT_SMALL_TOKENS)
			add(table, site->token, site->type);
	}
	if (!status && audit.nr_inputs[FROM_ELF])
		status = add_program(table, &audit, path);
	audit_fini(&audit);
	return status;
}

static int compare_entries(const void *first, const void *second)
{
	const struct types_entry *a = first, *b = second;

	if (a->token != b->token)
		return a->token > b->token ? 1 : -1;
	return strcmp(a->name, b->name);
}

/* Of the same token and name: what either knows. */
static void merge(struct types_entry *to, const struct types_entry *from)
{
	to->holds |= from->holds;
	to->is_described |= from->is_described;
	if (!to->member)
		to->member = from->member;
}

void types_table_settle(struct types_table *table)
{
	size_t kept = 0;

	if (table->nr)
		qsort(table->entries, table->nr, sizeof(*table->entries),
		      compare_entries);
	for (size_t i = 0; i < table->nr; i++) {
		if (kept && !compare_entries(&table->entries[kept - 1],
					     &table->entries[i]))
			merge(&table->entries[kept - 1], &table->entries[i]);
		else
			table->entries[kept++] = table->entries[i];
	}
	table->nr = kept;
	for (size_t i = 1; i < kept; i++) {
		struct types_entry *one = &table->entries[i - 1];

		if (one[0].token == one[1].token)
			one[0].is_shared = one[1].is_shared = true;
	}
}

void types_table_print(const struct types_table *table, FILE *to)
{
	fputs(HEAD "\n", to);
	for (size_t i = 0; i < table->nr; i++)
		fprintf(to, "%016" PRIx64 " %s\n", table->entries[i].token,
			must_keep_printable(table->entries[i].name));
}

void types_table_print_misclassed(const struct types_table *table, FILE *to)
{
	size_t n = 0, nr_unknown = 0;

	for (size_t i = 0; i < table->nr; i++) {
		const struct types_entry *entry = &table->entries[i];

		if (token_is_pointer(entry->token))
			continue;
		nr_unknown += !entry->is_described;
		if (!entry->holds)
			continue;
		fprintf(to, "name:%s # %s%s%s, token %#" PRIx64 "\n",
			must_keep_printable(entry->name),
			dwarf_types_word(entry->holds),
			entry->member ? " in " : "",
			must_keep_printable(entry->member ? entry->member : ""),
			entry->token);
		n++;
	}
	fprintf(to, "# %zu of %zu types hold pointers among data\n", n,
		table->nr);
	if (nr_unknown)
		fprintf(to,
			"# %zu among data are not described: name a program "
			"built with -g -fno-eliminate-unused-debug-types\n",
			nr_unknown);
}

/* "TOKEN NAME"; the name may hold blanks. */
static bool parse_line(struct types_table *table, struct piece line)
{
	char digits[17] = "";
	char *end;
	uint64_t token;

	if (line.length < 18 || line.start[16] != ' ' ||
	    memchr(line.start, 0, line.length))
		return false;
	memcpy(digits, line.start, 16);
	token = strtoull(digits, &end, 16);
	if (*end || digits[strspn(digits, "0123456789abcdef")])
		return false;
	line = (struct piece){ line.start + 17, line.length - 17 };
	add(table, token, must_keep_printable(must_keep(line)));
	return true;
}

int types_table_parse(struct types_table *table, struct piece text,
		      struct text_fault *fault)
{
	struct line_cursor cursor;
	struct piece line;

	*fault = (struct text_fault){ 1, "not a table of types" };
	line_cursor_init(&cursor, text.start, text.length);
	if (!line_next(&cursor, &line) || !piece_is(line, HEAD))
		return -1;
	while (line_next(&cursor, &line)) {
		fault->line = cursor.number;
		fault->what = cursor.is_cut ? "the table is cut"
					    : "not a token and a name";
		if (cursor.is_cut || !parse_line(table, line))
			return -1;
	}
	types_table_settle(table);
	return 0;
}

void types_table_fini(struct types_table *table)
{
	free(table->entries);
}
