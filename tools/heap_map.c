/* SPDX-License-Identifier: Apache-2.0 */
/* heap_map: rows of a live heap; contract in heap_map.h. */
#include "tools/heap_map.h"

#include "tools/must.h"
#include "tools/remote.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>

/* The root and the layout of @pid's heap: 0, or -1 after a complaint. */
static int read_layout(struct heap_map *map, pid_t pid)
{
	struct live_root *root = &map->root;
	struct layout *to = &map->heap;
	uintptr_t address;

	if (remote_find_symbol(pid, LIVE_SYMBOL, &address) < 0)
		return -1;
	if (remote_read(pid, address, root, sizeof(*root)) < 0) {
		remote_complain(pid, errno);
		return -1;
	}
	if (root->magic != LIVE_MAGIC || root->version != LIVE_VERSION ||
	    root->size != sizeof(*root) || root->layout_size != sizeof(*to)) {
		warnx("%d: its libtypeslab is of another version than this "
		      "tool",
		      (int)pid);
		return -1;
	}
	if (remote_read(pid, (uintptr_t)root->layout, to, sizeof(*to)) < 0) {
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

static enum domain domain_of_row(const struct heap_map *map, unsigned int row)
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
static void name_rows(struct heap_map *map)
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

int heap_map_read(struct heap_map *map, pid_t pid)
{
	const struct roster *roster = &map->heap.roster;

	if (read_layout(map, pid) < 0)
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

void heap_map_fini(struct heap_map *map)
{
	free(map->tokens);
	free(map->rows);
	free(map->names);
}
