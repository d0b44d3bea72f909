/* SPDX-License-Identifier: Apache-2.0 */
/* parsers: every parser of compiler output as one call: 0 or -1. */
#ifndef TYPES_PARSERS_H
#define TYPES_PARSERS_H

#include <stddef.h>

typedef int parser_function(const char *text, size_t length);

parser_function parser_log, parser_yaml, parser_ir, parser_wrap, parser_table;

/* Machine code and its debug information, from a file in memory. */
parser_function parser_elf;

#endif /* TYPES_PARSERS_H */
