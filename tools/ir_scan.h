/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ir_scan: words, brackets and fields inside one line of LLVM IR.
 *
 * Owns:       nothing.
 * Promises:   pure functions; never look outside the piece given.
 * Relies on:  nothing.
 */
#ifndef TOOLS_IR_SCAN_H
#define TOOLS_IR_SCAN_H

#include "tools/slabline.h"

/* @text without its first @n bytes; empty if it has no more. */
struct piece piece_from(struct piece text, size_t n);

/* Without blanks at either end. */
struct piece piece_trim(struct piece text);

bool scan_has(struct piece text, const char *needle);

/* Where @needle begins, or the length of @text. */
size_t scan_find(struct piece text, const char *needle);

/* The first @name in the line, without @ and quotes; empty if there is none. */
struct piece scan_global(struct piece text);

/* The name that begins at text[0], which is '@' or '%': its whole length. */
size_t scan_name(struct piece text);

/* From the bracket at text[0] to its partner, both included; 0: has none. */
size_t scan_brackets(struct piece text);

/* Its second line may hold what is attached to it. */
bool scan_is_invoke(struct piece line);

/* From the call or invoke of a line on; empty: there is none. */
struct piece scan_call(struct piece line);

/* The digits of ", !NAME !123". */
bool scan_attached(struct piece text, const char *name, struct piece *digits);

/* 123 of "NAME: !123", or -1. */
long scan_reference(struct piece text, const char *name);

/* 123 of "NAME: 123", or 0. */
unsigned int scan_field(struct piece text, const char *name);

/* The text of 'NAME: "text"'; untouched if there is none. */
void scan_string(struct piece text, const char *name, struct piece *out);

/* Cuts up to the next comma outside brackets off *@list; false at the end. */
bool scan_item(struct piece *list, struct piece *item);

#endif /* TOOLS_IR_SCAN_H */
