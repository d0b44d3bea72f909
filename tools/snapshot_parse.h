/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_parse: the text of include/typeslab/snapshot.h, read.
 *
 * Owns:       the array of caches of a snapshot, until snapshot_fini().
 * Promises:   takes any bytes; a text is either read whole or refused with
 *             the line and the reason. Sums over what was read do not overflow.
 * Relies on:  nothing: no file, no system call, no state.
 * Invariant:  caches[i].partition < partitions[caches[i].domain], or the
 *             domain is SNAPSHOT_NAMED;
 *             the sums of live objects and of live bytes fit 64 bits.
 */
#ifndef TOOLS_SNAPSHOT_PARSE_H
#define TOOLS_SNAPSHOT_PARSE_H

#include "tools/slabline.h"

#include "base/config.h"
#include "policy/domain.h"

/* Data, pointer, unknown: the order in which snapshots count and we show. */
extern const enum domain snapshot_order[NR_DOMAINS];

/* More partitions in a domain than any library of ours can have. */
#define SNAPSHOT_MAX_PARTITIONS NR_PARTITIONS_MAX

/* A cache that has a name of its own is in no domain. */
#define SNAPSHOT_NAMED	   NR_DOMAINS
#define SNAPSHOT_NAME_SIZE 48

struct snapshot_cache {
	enum domain domain;
	unsigned int partition;
	bool is_large; /* the large objects; object_size is their mean */
	uint64_t object_size;
	uint64_t live_objects;
	uint64_t objects; /* room for, live ones included */
	uint64_t slabs;
	uint64_t pages_per_slab;
	char name[SNAPSHOT_NAME_SIZE]; /* of SNAPSHOT_NAMED: printable */
};

struct snapshot {
	uint64_t pid;
	char program[64]; /* printable, whatever the text held */
	char mode[16];
	unsigned int partitions[NR_DOMAINS];
	uint64_t allocations[NR_DOMAINS];
	/* In the mode dedicated; zeros otherwise. */
	uint64_t types_seen;
	uint64_t budget;
	uint64_t typed_in_shared; /* allocations */
	struct snapshot_cache *caches;
	size_t nr_caches;
};

/*
 * Reads @text into *@out: 0, and the caller calls snapshot_fini() later; or -1,
 * with *@fault filled and nothing to free.
 */
int snapshot_parse(const char *text, size_t length, struct snapshot *out,
		   struct text_fault *fault);

void snapshot_fini(struct snapshot *snapshot);

#endif /* TOOLS_SNAPSHOT_PARSE_H */
