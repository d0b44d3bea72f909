/* SPDX-License-Identifier: Apache-2.0 */
/* types_map: types of a live heap's partitions; contract in types_map.h. */
#include "tools/types_map.h"

#include "tools/remote.h"

#include "heap/layout.h"
#include "heap/live.h"

#include "policy/domain.h"
#include "policy/partition.h"
#include "policy/token_hash.h"

#include <err.h>
#include <errno.h>
#include <string.h>

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
	if (to->options.mode == MODE_TYPED)
		return 0;
	warnx("%d: its heap's mode is not typed: types have no partitions",
	      (int)pid);
	return -1;
}

static enum domain domain_of(uint64_t token)
{
	return token_is_pointer(token) ? DOMAIN_POINTER : DOMAIN_DATA;
}

/* The partition, counted from 0 inside its domain. */
static uint64_t partition_of(const struct layout *heap, uint64_t token)
{
	return partition_of_token(token, heap->secret,
				  heap->rows[domain_of(token)].count);
}

static void print_partition(const struct layout *heap,
			    const struct types_table *table, enum domain domain,
			    uint64_t partition, FILE *to)
{
	const char *sign = "";

	for (size_t i = 0; i < table->nr; i++) {
		const struct types_entry *entry = &table->entries[i];

		if (domain_of(entry->token) != domain ||
		    partition_of(heap, entry->token) != partition)
			continue;
		if (!*sign)
			fprintf(to, "%s-%02u", domain_name(domain),
				(unsigned int)partition);
		sign = *sign ? ", " : "  ";
		fprintf(to, "%s%s%s", sign, entry->name,
			entry->is_shared ? "*" : "");
	}
	if (*sign)
		putc('\n', to);
}

int types_map_print(pid_t pid, const struct types_table *table, FILE *to)
{
	static const enum domain domains[] = { DOMAIN_DATA, DOMAIN_POINTER };
	struct layout heap;
	bool has_shared = false;

	if (read_layout(pid, &heap) < 0)
		return -1;
	fputs("\ntypes by partition (this discloses the process's secret "
	      "map):\n",
	      to);
	for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
		/* What is read is not believed. */
		uint64_t count = heap.rows[domains[i]].count % 4097;

		for (uint64_t k = 0; k < count; k++)
			print_partition(&heap, table, domains[i], k, to);
	}
	for (size_t i = 0; i < table->nr; i++)
		has_shared |= table->entries[i].is_shared;
	if (has_shared)
		fputs("* shares its token with another type\n", to);
	return 0;
}
