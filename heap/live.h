/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live: the heap's counts, read from inside or from another process.
 *
 * Owns:       the versioned symbol typeslab_live_1 in the library; the text of
 *             a snapshot's lines. Compiled into the library and into the tool.
 * Promises:   reads only through the reader it is given; believes nothing it
 *             reads without a check of magic, version and sizes; the numbers
 *             are exact when no thread allocates meanwhile.
 * Relies on:  the layouts of the rooms below being those of this very build:
 *             the root names their sizes.
 */
#ifndef HEAP_LIVE_H
#define HEAP_LIVE_H

#include "base/line.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVE_SYMBOL  "typeslab_live_1"
#define LIVE_MAGIC   0x62616c7365707974ul
#define LIVE_VERSION 1u

struct layout;

/* What the symbol names; addresses are those of the process read. */
struct live_root {
	uint64_t magic;
	uint32_t version;
	uint32_t size;
	const void *layout;
	const void *first_heap; /* the list's head */
	const void *region;
	const void *shape; /* see shape.h */
	const void *trace; /* see trace.h */
	uint32_t layout_size;
	uint32_t heap_size;
	uint32_t cache_size;
	uint32_t partition_size;
	uint32_t named_size;
	uint32_t record_size; /* of the trace */
};

/*
 * read() copies @size bytes at @address of the process; false: it cannot.
 * @room is for its layout, which has more bytes than a thread's stack, perhaps;
 * NULL: it is this very process, and its layout is looked at where it lies.
 */
struct live_reader {
	bool (*read)(void *context, uint64_t address, void *to, size_t size);
	void *context;
	struct layout *room;
};

/* Takes one line of a snapshot at a time, newline included; false: stop. */
struct live_sink {
	bool (*take)(void *context, const char *text, size_t length);
	void *context;
};

/* Who is being read: for the head of the text. */
struct live_subject {
	int pid;
	const char *program;
};

enum live_result {
	LIVE_OK,
	LIVE_UNREADABLE, /* the reader or the sink failed */
	LIVE_FOREIGN,	 /* another version, or no heap of ours */
	LIVE_EMPTY, /* nothing was ever allocated: heads are written, no end */
};

enum live_result live_print(const struct live_reader *reader, uint64_t root,
			    const struct live_subject *subject,
			    const struct live_sink *sink);

#endif /* HEAP_LIVE_H */
