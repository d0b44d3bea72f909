/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_args: what a compiler's command line asks for.
 *
 * Owns:       the list of arguments that are the compiler's.
 * Promises:   tells compile from link, and sources from what options take as
 *             their value; takes our own options (--typeslab-...) out.
 *             "@file" is read: all words are here, and those of the file.
 * Relies on:  cc_option and cc_input, for what words mean to clang.
 */
#ifndef TOOLS_CC_ARGS_H
#define TOOLS_CC_ARGS_H

#include <stdbool.h>
#include <stddef.h>

struct cc_args {
	char **words; /* the compiler's; words[0] is free for its name */
	size_t nr_words;
	size_t capacity;
	size_t nr_read; /* of these, those that were given */
	char **given;	/* as they came, with "@file"; else NULL */
	size_t nr_given;
	bool is_rearranged; /* they came in another order */
	size_t *sources;    /* indices of C and C++ files */
	size_t nr_sources;
	size_t sources_capacity;
	bool has_named_source; /* one of a source's name, whatever -x says */
	bool reads_input;      /* "-": what can be read once */
	size_t nr_inputs;      /* sources, objects, libraries by path */
	size_t nr_compiled;   /* of these, what is no assembler's or linker's */
	size_t nr_texts;      /* of these, what is preprocessed */
	const char *language; /* the last -x */
	bool is_header;	      /* a precompiled header comes out */

	bool is_link;	 /* an executable or a library comes out */
	bool is_compile; /* code is generated, with or without a link */
	bool is_shared;
	bool is_static;
	bool is_relocatable;
	bool is_bare;	    /* no libc, no heap, or another one's: left alone */
	const char *target; /* the machine: a name, -m32, -mx32; or NULL */
	bool lacks_value;   /* the last word; what is added would become it */
	bool is_freestanding;
	bool has_no_libraries;	 /* -nostdlib: none but those it names */
	unsigned int sanitizers; /* that bring their own malloc: a bit each */
	bool profiles_memory;	 /* so does -fmemory-profile */
	size_t libc_at;		 /* index of the first that is libc, or 0 */
	bool has_lto;
	bool is_probe; /* a configure script tries something out */

	/* Ours. */
	const char *compiler;
	const char *library;
	const char *wrap;  /* folder of `typeslab wrap` */
	const char *rules; /* types by rule; goes with is_early */
	bool has_fast_abi;
	bool wants_static;
	bool is_early;	   /* types are fixed before functions are inlined */
	bool is_watch;	   /* nothing is added */
	bool has_no_twins; /* none of the wrappers' in @wrap is to be called */
	bool has_no_header;
	bool is_gcc; /* types come from our plugin, not from the compiler */
};

/* False after a complaint: an option of ours that does not exist. */
bool cc_args_init(struct cc_args *args, int argc, char **argv);

/* Appends one of the compiler's. */
void cc_args_add(struct cc_args *args, const char *word);

/* Moves what was added since there were @from words to before word @to. */
void cc_args_move(struct cc_args *args, size_t from, size_t to);

/* What follows @option in the last word that begins so, or NULL. */
const char *cc_args_find(const struct cc_args *args, const char *option);

/* The last value of @option, in its own word or the next; or NULL. */
const char *cc_args_value(const struct cc_args *args, const char *option);

/*
 * What is to be run: words that "@file" stood for are in that file still, if
 * their order is what it was. They may be too many for a command line.
 */
char **cc_args_command(const struct cc_args *args);

void cc_args_fini(struct cc_args *args);

#endif /* TOOLS_CC_ARGS_H */
