/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: one function per fault; the only place that words them.
 *
 * Owns:       whether faults abort (default) or warn once each (compat).
 * Promises:   one fixed first line on standard error, where it was asked for
 *             what is known besides, then abort; no allocation, no lock, no
 *             stdio on the way. Under compat the functions return after the
 *             first warning of their kind, and the caller leaves the heap as
 *             it was.
 * Relies on:  os_write(), os_abort() and, for what comes after the first line,
 *             stack_read().
 *
 * What comes after it, each line with its word; docs/reports.md shows it:
 *
 *	typeslab: slot: freed, 0x7f0012345600, 48 bytes
 *	typeslab: now: /usr/bin/program+0x1234
 *	typeslab: freed: /usr/bin/program+0x1200
 *	typeslab: allocated: /usr/bin/program+0x1100
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the caller was about to do with the address. */
enum report_act {
	ACT_FREE,
	ACT_REALLOC,
	ACT_SIZE_QUERY,
	NR_ACTS,
};

/* Addresses of calls, the innermost first; none: it is not known. */
struct report_stack {
	const uintptr_t *frames;
	unsigned int nr;
};

/*
 * Where a bad address lies: in the cache of that name, or in a partition of
 * @domain, or, where both are NULL, not in the heap.
 */
struct report_place {
	const void *address;
	const void *start; /* of the slot */
	const char *state; /* the slot's, in a word or two; NULL: unknown */
	struct report_stack allocated;
	struct report_stack freed;
	size_t size;
	const char *cache;
	const char *domain;
	unsigned int partition;
	unsigned int slot;
};

void report_set_compat(bool compat);

/* Whether faults tell more than their line. */
void report_set_stacks(bool stacks);

/* Already free. Usual cause: two owners, both of whom free. */
cold_path void report_dead(enum report_act act,
			   const struct report_place *place);
/* Inside a slot. Usual cause: the pointer was moved while the block lived. */
cold_path void report_inner(enum report_act act,
			    const struct report_place *place);
/* A slot that was never handed out. Usual cause: a computed address. */
cold_path void report_unallocated(enum report_act act,
				  const struct report_place *place);
/* No slot of ours: stack, global, code, another allocator's. */
cold_path void report_foreign(enum report_act act,
			      const struct report_place *place);
/* A sized free whose size belongs to another class. */
cold_path void report_wrong_size(const struct report_place *place, size_t size);
/* An object freed into a cache that it is not of. */
cold_path void report_wrong_cache(const struct report_place *place,
				  const char *cache);
/* A cache that was destroyed is asked for something. */
cold_path void report_dead_cache(const char *cache);
/* Bytes to copy to or from a user that are not all in one user region. */
cold_path void report_usercopy(const struct report_place *place, size_t size,
			       bool to_user);
/* A slot's canary is damaged. Usual cause: a write past the block's end. */
cold_path void report_overflow(const struct report_place *place);
/* A free slot holds something. Usual cause: a pointer kept after the free. */
cold_path void report_stale_write(const struct report_place *place);
/* Our own state is damaged: never returns, compat or not. */
cold_path never_returns void report_broken(const char *what);

/* What was asked for with the promise not to fail: compat or not. */
cold_path never_returns void report_must_not_fail(size_t size);
cold_path never_returns void report_no_cache(const char *cache);

/* A cache that has objects was to be destroyed; it stays. */
cold_path void report_objects_left(const char *cache, size_t nr);
/* Said once: an allocation found no memory. */
cold_path void report_no_memory(size_t size);

/* The boot found no memory: there is none for anybody, and never will be. */
cold_path void report_no_heap(unsigned int nr_partitions);

/* An option that does not exist, and one whose value is not allowed. */
cold_path void report_unknown_option(const char *key, size_t length);
/* The program's lock=on keeps the environment from it. */
cold_path void report_locked_option(const char *key);
cold_path void report_bad_value(const char *pair, size_t length,
				const char *rule);
/* The snapshot asked for could not be made. */
cold_path void report_no_snapshot(const char *path);
/* A policy file, or its line @number if that is not 0. */
cold_path void report_policy(const char *path, unsigned int number,
			     const char *what);
/* Advice given once: tokens of a build with -falloc-token-max. */
cold_path void report_small_tokens(void);
/* The same, of a process in which malloc() is another's. */
cold_path void report_other_malloc(void);

#endif /* REPORT_REPORT_H */
