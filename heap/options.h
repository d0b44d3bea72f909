/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options: what TYPESLAB=key=value,... and typeslab_options say.
 *
 * Owns:       nothing; the caller's struct is filled.
 * Promises:   every field holds an allowed value; what was not understood is
 *             named in one line on standard error and its default kept.
 * Relies on:  report/ for the words. Called once, before any allocation.
 *
 * The program's own string (typeslab_options) is read first, the environment
 * after it; a process that runs with raised privileges ignores the latter.
 */
#ifndef HEAP_OPTIONS_H
#define HEAP_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum option_mode {
	MODE_TYPED,
	MODE_DEDICATED, /* typed, and a partition for each type */
	MODE_RANDOM,
	MODE_NONE,
};

enum option_profile {
	PROFILE_DEFAULT,
	PROFILE_COMPAT,
	PROFILE_HARDENED,
};

/* Which call stacks a fault's report tells. */
enum option_trace {
	TRACE_OFF,
	TRACE_FAULT, /* of the fault */
	TRACE_ON,    /* and of the block's allocation and free */
};

/* What an option holds until the profile has decided. */
#define BY_PROFILE UINT64_MAX

/*
 * X(name, kind, default, least, most, sentence): one line an option. A word's
 * value is its place in the list of words that begins the sentence; a size
 * takes K, M, G or T. docs/options.md is checked against this list.
 */
#define OPTION_LIST(X)                                                      \
	X(mode, WORD, MODE_TYPED, 0, 3, "typed|dedicated|random|none")      \
	X(profile, WORD, PROFILE_DEFAULT, 0, 2, "default|compat|hardened")  \
	X(data, NUMBER, 8, 1, 1024, "1 to 1024 partitions")                 \
	X(pointer, NUMBER, 8, 1, 1024, "1 to 1024 partitions")              \
	X(unknown, NUMBER, 16, 1, 1024, "1 to 1024 partitions")             \
	X(budget, NUMBER, 1024, 1, 4096, "1 to 4096 dedicated partitions")  \
	X(policy, TEXT, 0, 0, 0, "file of types with partitions by name")   \
	X(token_max, NUMBER, 0, 0, 65536,                                   \
	  "0 to 65536, the build's -falloc-token-max")                      \
	X(reserve, SIZE, 16ul << 40, 16ul << 20, 64ul << 40,                \
	  "16M to 64T of address space")                                    \
	X(page, WORD, 0, 0, 2, "4K|16K|64K")                                \
	X(trace, WORD, TRACE_FAULT, 0, 2, "off|fault|on")                   \
	X(snapshot, TEXT, 0, 0, 0, "file to write at exit, %p the process") \
	X(zero, WORD, BY_PROFILE, 0, 1, "off|on")                           \
	X(canary, WORD, BY_PROFILE, 0, 1, "off|on")                         \
	X(shuffle, WORD, BY_PROFILE, 0, 1, "off|on")                        \
	X(quarantine, SIZE, BY_PROFILE, 0, 64ul << 10,                      \
	  "0 to 64K bytes a thread and cache")                              \
	X(reuse_after, NUMBER, BY_PROFILE, 0, 4096, "0 to 4096 frees")      \
	X(guard, NUMBER, BY_PROFILE, 0, 1024,                               \
	  "0 to 1024, one slab in so many")                                 \
	X(seal, WORD, BY_PROFILE, 0, 1, "off|on")                           \
	X(lock, WORD, 0, 0, 1, "off|on")

/*
 * X(name, value, hardened): the options that are the parts of the profile
 * hardened, and what each is without it and with it.
 */
#define PART_LIST(X)           \
	X(zero, 0, 1)          \
	X(canary, 0, 1)        \
	X(shuffle, 0, 1)       \
	X(quarantine, 0, 4096) \
	X(reuse_after, 0, 0)   \
	X(guard, 0, 8)         \
	X(seal, 0, 1)

/* What lock=on, said by the program, leaves to the environment. */
enum option_order {
	ORDER_MORE,  /* a larger number, or on */
	ORDER_OFTEN, /* once in fewer; 0 is never */
	ORDER_ONE,   /* one value alone */
	ORDER_NONE,  /* nothing */
	ORDER_ANY,   /* all: no check depends on it */
};

/* X(name, order, value): each option has its line. */
#define LOCK_LIST(X)                            \
	X(mode, ORDER_ONE, MODE_DEDICATED)      \
	X(profile, ORDER_ONE, PROFILE_HARDENED) \
	X(data, ORDER_MORE, 0)                  \
	X(pointer, ORDER_MORE, 0)               \
	X(unknown, ORDER_MORE, 0)               \
	X(budget, ORDER_MORE, 0)                \
	X(policy, ORDER_NONE, 0)                \
	X(token_max, ORDER_NONE, 0)             \
	X(reserve, ORDER_ANY, 0)                \
	X(page, ORDER_ANY, 0)                   \
	X(trace, ORDER_ANY, 0)                  \
	X(snapshot, ORDER_ANY, 0)               \
	X(zero, ORDER_MORE, 0)                  \
	X(canary, ORDER_MORE, 0)                \
	X(shuffle, ORDER_MORE, 0)               \
	X(quarantine, ORDER_MORE, 0)            \
	X(reuse_after, ORDER_MORE, 0)           \
	X(guard, ORDER_OFTEN, 0)                \
	X(seal, ORDER_MORE, 0)                  \
	X(lock, ORDER_ANY, 0)

struct options {
#define X(name, kind, value, least, most, sentence) uint64_t name;
	OPTION_LIST(X)
#undef X
};

/* A longer path is refused: its length shares a word with its address. */
#define OPTION_TEXT_MAX 4095u

/* A TEXT option's field holds this: a pointer and a length in one word. */
struct option_text {
	const char *text;
	size_t length;
};

/*
 * Defaults, then each string in turn; a NULL string is skipped. Where @program
 * says lock=on, @environment can do no more than LOCK_LIST lets it.
 */
void options_read(struct options *options, const char *program,
		  const char *environment);

struct option_text option_text_of(uint64_t field);

/* The least that a page is said to be: each word is four times the last. */
static inline size_t option_page_size(const struct options *options)
{
	return 4096ul << 2 * options->page;
}

#endif /* HEAP_OPTIONS_H */
