/* SPDX-License-Identifier: Apache-2.0 */
/* types_map: types of a live heap's partitions; contract in types_map.h. */
#include "tools/types_map.h"

#include "tools/audit.h"
#include "tools/elf_sites.h"
#include "tools/heap_map.h"
#include "tools/must.h"

#include "policy/domain.h"
#include "policy/partition.h"

#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* False: the type has not come yet, and nobody knows. */
static bool find_row(const struct heap_map *map, uint64_t token,
		     unsigned int *row)
{
	const struct row_set *shared =
		&map->heap.rows[domain_of_token(token, 0)];

	for (uint32_t i = 1; i <= map->nr_listed; i++) {
		if (map->tokens[i] == token) {
			*row = map->rows[i];
			return true;
		}
	}
	*row = shared->first +
	       partition_of_token(token, map->heap.secret, shared->count);
	return map->heap.options.mode == MODE_TYPED;
}

static void print_row(const struct heap_map *map,
		      const struct types_table *table, const unsigned int *rows,
		      unsigned int row, FILE *to)
{
	const char *sign = "";

	for (size_t i = 0; i < table->nr; i++) {
		const struct types_entry *entry = &table->entries[i];

		if (rows[i] != row)
			continue;
		if (!*sign)
			fprintf(to, "%s-%02u",
				domain_name(map->names[row].domain),
				map->names[row].partition);
		sign = *sign ? ", " : "  ";
		fprintf(to, "%s%s%s", sign, entry->name,
			entry->is_shared ? "*" : "");
	}
	if (*sign)
		putc('\n', to);
}

static void print_rows(const struct heap_map *map,
		       const struct types_table *table, FILE *to)
{
	static const enum domain domains[] = { DOMAIN_DATA, DOMAIN_POINTER };
	unsigned int *rows = must_alloc(table->nr + 1, sizeof(*rows));

	for (size_t i = 0; i < table->nr; i++) {
		if (!find_row(map, table->entries[i].token, &rows[i]))
			rows[i] = UINT_MAX;
	}
	for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
		for (unsigned int row = 0; row < map->nr_rows; row++) {
			if (map->names[row].domain == domains[i])
				print_row(map, table, rows, row, to);
		}
	}
	free(rows);
}

static bool has_fast_library(pid_t pid)
{
	char path[32], *line = NULL;
	bool is_found = false;
	size_t size = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	while (maps && !is_found && getline(&line, &size, maps) > 0)
		is_found = strstr(line, "/libtypeslab-fast.so");
	if (maps)
		fclose(maps);
	free(line);
	return is_found;
}

static bool is_fast_symbol(void *context, const char *symbol)
{
	long number;

	(void)context;
	return audit_callee_of(symbol, &number) && number >= 0;
}

/* The library that is linked statically has calls of its own. */
static void take_fast_call(void *context, const struct elf_site *site)
{
	bool *is_found = context;
	long number;

	*is_found |= !audit_callee_of(site->function, &number);
}

/* A static program has the library's functions of both ABIs; it calls one's. */
static bool has_fast_calls(pid_t pid)
{
	bool is_found = false;
	struct elf_sites_user user = { .wants = is_fast_symbol,
				       .take = take_fast_call,
				       .context = &is_found };
	enum elf_kind kind;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	elf_sites_walk(path, &user, &kind);
	return is_found;
}

int types_map_print(pid_t pid, const struct types_table *table, FILE *to)
{
	struct heap_map map = { 0 };
	bool has_shared = false;
	int status = heap_map_read(&map, pid);

	/* The fast ABI's tokens are small, and not the table's. */
	if (!status && (has_fast_library(pid) || has_fast_calls(pid))) {
		warnx("%d: of the fast ABI: its tokens do not name types",
		      (int)pid);
		status = -1;
	}
	if (!status) {
		fputs("\ntypes by partition (this discloses the process's "
		      "secret map):\n",
		      to);
		print_rows(&map, table, to);
		for (size_t i = 0; i < table->nr; i++)
			has_shared |= table->entries[i].is_shared;
		if (has_shared)
			fputs("* shares its token with another type\n", to);
	}
	heap_map_fini(&map);
	return status;
}
