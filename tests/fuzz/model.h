/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model: what the heap must be, kept as simply as it can be.
 *
 * Owns:       the list of live blocks, what each must hold, where each lies;
 *             for each chunk the cache it was first seen in; for each token
 *             and site the row it was first given.
 * Promises:   ends the program with a line on standard error where the heap
 *             and the model differ: overlap, alignment, usable size, contents,
 *             zeros, partition, domain, an address in two caches, errno, a
 *             count. Everything is a loop over all blocks.
 * Relies on:  the region being of at most MODEL_REGION_MAX bytes; one thread
 *             at a time.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_REGION_MAX (64ul << 30)
#define MODEL_BLOCKS_MAX 1024u
#define MODEL_BYTES_MAX	 (16ul << 20)

/* What an operation asked the heap for. */
struct model_ask {
	size_t size;
	size_t align; /* 1: none */
	uint64_t token;
	uintptr_t site;
	bool zeroed;
};

struct model_block {
	unsigned char *p;
	size_t size;
	size_t align;
	size_t usable;
	size_t slot; /* with a canary */
	uint32_t bin;
	uint64_t key;
};

/* Ends the program: the heap is wrong, or the fuzzer. */
void model_fail(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

unsigned int model_nr_blocks(void);
size_t model_nr_bytes(void);
const struct model_block *model_block(unsigned int index);

/* The live block that starts at @p or that @p lies in; NULL: none. */
const struct model_block *model_find(const void *p, bool inside);

/* A new block: checks it, fills it and remembers it. */
void model_add(const struct model_ask *ask, void *p);

/* Block @index is no more. */
void model_forget(unsigned int index);

/*
 * Block @index was resized to @p, as @ask said: what fits of its contents must
 * be there, and the row must be right.
 */
void model_resize(unsigned int index, const struct model_ask *ask, void *p);

void model_check_block(const struct model_block *block);
void model_check_blocks(void);

/* Live blocks of a bin and the bytes of their slots; large ones: of a row. */
size_t model_count(uint32_t bin, size_t *bytes);

/*
 * What is freed in this step may be lost: a handler found a lock held, or a
 * thread has no heap. What a vanished thread held is lost for good: counts
 * need not agree from then on.
 */
enum model_loss {
	LOSS_NONE,
	LOSS_NOW,
	LOSS_FOR_GOOD,
};

void model_lose(enum model_loss loss);
enum model_loss model_loss(void);
/* What was lost in this step is counted: nothing more may be. */
void model_settle(void);

#endif /* FUZZ_MODEL_H */
