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
	MODE_RANDOM,
	MODE_NONE,
};

enum option_profile {
	PROFILE_DEFAULT,
	PROFILE_COMPAT,
};

/*
 * X(name, kind, default, least, most, sentence): one line an option. A word's
 * value is its place in the list of words that begins the sentence; a size
 * takes K, M, G or T. docs/options.md is checked against this list.
 */
#define OPTION_LIST(X)                                            \
	X(mode, WORD, MODE_TYPED, 0, 2, "typed|random|none")      \
	X(profile, WORD, PROFILE_DEFAULT, 0, 1, "default|compat") \
	X(data, NUMBER, 8, 1, 1024, "1 to 1024 partitions")       \
	X(pointer, NUMBER, 8, 1, 1024, "1 to 1024 partitions")    \
	X(unknown, NUMBER, 16, 1, 1024, "1 to 1024 partitions")   \
	X(token_max, NUMBER, 0, 0, 65536,                         \
	  "0 to 65536, the build's -falloc-token-max")            \
	X(reserve, SIZE, 16ul << 40, 16ul << 20, 64ul << 40,      \
	  "16M to 64T of address space")                          \
	X(snapshot, TEXT, 0, 0, 0, "file to write at exit, %p the process")

struct options {
#define X(name, kind, value, least, most, sentence) uint64_t name;
	OPTION_LIST(X)
#undef X
};

/* A TEXT option's field holds this: a pointer and a length in one word. */
struct option_text {
	const char *text;
	size_t length;
};

/* Defaults, then each string in turn; a NULL string is skipped. */
void options_read(struct options *options, const char *program,
		  const char *environment);

struct option_text option_text_of(uint64_t field);

#endif /* HEAP_OPTIONS_H */
