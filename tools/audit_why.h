/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_why: the reasons for which an allocation site has no type.
 *
 * Owns:       the list of reasons, each with its sentence and its remedy.
 * Promises:   pure functions of the names and the line of source given.
 * Relies on:  nothing.
 */
#ifndef TOOLS_AUDIT_WHY_H
#define TOOLS_AUDIT_WHY_H

#include <stddef.h>

/* X(NAME, word, what is the case, what to do) */
#define WHY_LIST(X)                                                            \
	X(NOT_TOLD, "not-told", "the input does not tell why",                 \
	  "run the audit where the source can be read")                        \
	X(OPAQUE, "opaque-size", "neither the size nor a cast names a type",   \
	  "write malloc(n * sizeof(T)), or cast the result: (T *)malloc(n)")   \
	X(EXPRESSION, "expression",                                            \
	  "the sizeof stands where the compiler does not look for it",         \
	  "cast the result of the call to (T *)")                              \
	X(WRAPPER, "wrapper", "the function hands the block to its caller",    \
	  "typeslab wrap NAME carries its callers' types")                     \
	X(FOLDED, "folded", "the compiler made this call out of another",      \
	  "typeslab cc --typeslab-early; or write the call it became: calloc " \
	  "for malloc and memset, malloc for realloc of NULL")                 \
	X(MEMALIGN, "posix-memalign",                                          \
	  "posix_memalign gives the block through a pointer",                  \
	  "typeslab cc gives it a type; or call aligned_alloc")                \
	X(REALLOCARRAY, "reallocarray",                                        \
	  "glibc declares reallocarray so that the type is not seen",          \
	  "typeslab cc gives it a type; or call realloc")                      \
	X(CLEANUP, "exception-cleanup",                                        \
	  "a type is lost where new is inlined under an exception cleanup",    \
	  "typeslab c++ --typeslab-early, or -fno-exceptions")                 \
	X(SIZE_RETURNING, "size-returning",                                    \
	  "__size_returning_new has no type",                                  \
	  "nothing yet: the compiler infers none")                             \
	X(BUILTIN, "builtin", "__builtin_malloc and kin have no type",         \
	  "call malloc by its own name")                                       \
	X(POINTER, "function-pointer",                                         \
	  "an allocation function's address is taken; calls through it are "   \
	  "never rewritten",                                                   \
	  "point it at a function of your own that typeslab wrap can carry")   \
	X(LIBRARY, "library", "the block is allocated inside a library",       \
	  "nothing: the heap goes by call site; most hold text")               \
	X(PLAIN, "plain-call",                                                 \
	  "a call of an allocation function that was not rewritten",           \
	  "typed callers need a type here too: sizeof or a cast; a file with " \
	  "-fno-builtin is never rewritten")

enum why {
#define X(name, word, what, remedy) WHY_##name,
	WHY_LIST(X)
#undef X
	NR_WHYS,
};

const char *why_word(enum why why);
const char *why_sentence(enum why why);
const char *why_remedy(enum why why);

/*
 * PLAIN for what the compiler rewrites when it is called by its own name,
 * LIBRARY for what allocates inside the C library, else NOT_TOLD.
 */
enum why why_of_plain(const char *name, size_t length);

/* What the callee's name alone tells: NOT_TOLD for malloc and kin. */
enum why why_of_callee(const char *callee);

/*
 * What the line of source tells in which @callee is called at @column
 * (counted from 1).
 */
enum why why_of_line(const char *line, unsigned int column, const char *callee);

#endif /* TOOLS_AUDIT_WHY_H */
