/* SPDX-License-Identifier: Apache-2.0 */
/* types_map: types of a live heap's partitions; contract in types_map.h. */
#include "tools/types_map.h"

#include "tools/must.h"
#include "tools/remote.h"

#include "heap/layout.h"
#include "heap/live.h"

#include "policy/domain.h"
#include "policy/partition.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* The layout of @pid's heap: 0, or -1 after a complaint. */
static int read_layout(pid_t pid, struct layout *to)
{
	struct live_root root;
	uintptr_t address;

	if (remote_find_symbol(pid, LIVE_SYMBOL, &address) < 0)
		return -1;
	if (remote_read(pid, address, &root, sizeof(root)) < 0) {
		remote_complain(pid, errno);
		return -1;
	}
	if (root.magic != LIVE_MAGIC || root.version != LIVE_VERSION ||
	    root.layout_size != sizeof(*to)) {
		warnx("%d: its libtypeslab is of another version than this "
		      "tool",
		      (int)pid);
		return -1;
	}
	if (remote_read(pid, (uintptr_t)root.layout, to, sizeof(*to)) < 0) {
		remote_complain(pid, errno);
		return -1;
	}
	if (to->options.mode <= MODE_DEDICATED &&
	    to->nr_rows <= NR_PARTITIONS_MAX)
		return 0;
	warnx("%d: its heap's mode is not typed: types have no partitions",
	      (int)pid);
	return -1;
}

/* What is read of a heap is not believed. */
struct map {
	struct layout heap;
	uint32_t nr_listed;
	uint64_t *tokens; /* of the roster, by number */
	uint16_t *rows;
	struct row_name *names; /* by row */
	unsigned int nr_rows;	/* that are something's */
};

/* What @pid has at @address, its entries 0 to @nr; NULL after a complaint. */
static void *read_array(pid_t pid, const void *address, size_t nr, size_t size)
{
	void *array = must_alloc(nr + 1, size);

	if (!remote_read(pid, (uintptr_t)address, array, (nr + 1) * size))
		return array;
	remote_complain(pid, errno);
	free(array);
	return NULL;
}

static enum domain domain_of_row(const struct map *map, unsigned int row)
{
	const struct layout *heap = &map->heap;
	uint32_t number = layout_number_of(heap, row);

	if (row < heap->first_pinned)
		return domain_name_row(heap->rows, row).domain;
	if (row < heap->first_own)
		return layout_domain_of_pinned(heap, row);
	return domain_of_token(number <= map->nr_listed ? map->tokens[number]
							: 0,
			       heap->options.token_max);
}

/* Partitions are counted in the order of rows. */
static void name_rows(struct map *map)
{
	unsigned int nr[NR_DOMAINS] = { 0 };

	map->nr_rows =
		map->heap.first_own + map->nr_listed - 2 * map->heap.pins.nr;
	if (map->nr_rows > map->heap.nr_rows)
		map->nr_rows = map->heap.nr_rows;
	map->names = must_alloc(map->nr_rows + 1, sizeof(*map->names));
	for (unsigned int row = 0; row < map->nr_rows; row++) {
		enum domain domain = domain_of_row(map, row);

		map->names[row] = (struct row_name){ domain, nr[domain]++ };
	}
}

static void map_fini(struct map *map)
{
	free(map->tokens);
	free(map->rows);
	free(map->names);
}

static int map_read(struct map *map, pid_t pid)
{
	const struct roster *roster = &map->heap.roster;

	if (read_layout(pid, &map->heap) < 0)
		return -1;
	map->nr_listed = map->heap.nr_listed;
	if (map->nr_listed > ROSTER_MAX)
		map->nr_listed = 0;
	map->tokens = read_array(pid, roster->tokens, map->nr_listed,
				 sizeof(*map->tokens));
	map->rows = read_array(pid, roster->rows, map->nr_listed,
			       sizeof(*map->rows));
	if (!map->tokens || !map->rows)
		return -1;
	name_rows(map);
	return 0;
}

/* False: the type has not come yet, and nobody knows. */
static bool find_row(const struct map *map, uint64_t token, unsigned int *row)
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

static void print_row(const struct map *map, const struct types_table *table,
		      const unsigned int *rows, unsigned int row, FILE *to)
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

static void print_rows(const struct map *map, const struct types_table *table,
		       FILE *to)
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

int types_map_print(pid_t pid, const struct types_table *table, FILE *to)
{
	struct map map = { 0 };
	bool has_shared = false;
	int status = map_read(&map, pid);

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
	map_fini(&map);
	return status;
}
