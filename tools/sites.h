/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sites: the call sites whose live objects have no type, of a live heap.
 *
 * Owns:       the list of sites, until sites_fini().
 * Promises:   refuses a process that keeps no record of who allocated what
 *             (trace=on). What the heap counts beyond those on record is told
 *             beside them: no part is shown as the whole, and the whole is the
 *             sum of what is shown. A process that ended meanwhile is refused.
 * Relies on:  heap_map for what a row holds. The process is not stopped: what
 *             it frees and allocates meanwhile may be counted or not.
 * Invariant:  list is sorted by bytes, the most first; no site is in it twice.
 */
#ifndef TOOLS_SITES_H
#define TOOLS_SITES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct site_sum {
	uint64_t objects;
	uint64_t bytes; /* of their slots */
};

struct site {
	uintptr_t call; /* inside the instruction; 0: no stack was read */
	struct site_sum sum;
};

struct sites {
	struct site *list;
	size_t nr;
	size_t capacity;
	struct site_sum sum; /* of the list */
};

/* Into a zeroed @sites: 0, or -1 after a complaint; sites_fini() is due. */
int sites_read(struct sites *sites, pid_t pid);

/* What the heap itself counts. */
struct site_totals {
	struct site_sum untyped;
	struct site_sum typed;
};

/*
 * Names the first @most sites, by the files mapped into @pid: 0, or -1 after a
 * complaint.
 */
int sites_print(const struct sites *sites, pid_t pid,
		const struct site_totals *totals, size_t most, FILE *to);

void sites_fini(struct sites *sites);

#endif /* TOOLS_SITES_H */
