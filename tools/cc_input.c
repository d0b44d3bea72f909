/* SPDX-License-Identifier: Apache-2.0 */
/* cc_input: kinds of a compiler's inputs; contract in cc_input.h. */
#include "tools/cc_input.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *suffix;
	enum cc_input kind;
} suffixes[] = {
	{ "c", INPUT_SOURCE },	      { "cc", INPUT_SOURCE },
	{ "cpp", INPUT_SOURCE },      { "cxx", INPUT_SOURCE },
	{ "c++", INPUT_SOURCE },      { "C", INPUT_SOURCE },
	{ "CPP", INPUT_SOURCE },      { "cp", INPUT_SOURCE },
	{ "m", INPUT_SOURCE },	      { "mm", INPUT_SOURCE },
	{ "cppm", INPUT_SOURCE },     { "ccm", INPUT_SOURCE },
	{ "cxxm", INPUT_SOURCE },     { "ixx", INPUT_SOURCE },
	{ "i", INPUT_PREPROCESSED },  { "ii", INPUT_PREPROCESSED },
	{ "mi", INPUT_PREPROCESSED }, { "mii", INPUT_PREPROCESSED },
	{ "h", INPUT_HEADER },	      { "hh", INPUT_HEADER },
	{ "hpp", INPUT_HEADER },      { "hxx", INPUT_HEADER },
	{ "h++", INPUT_HEADER },      { "H", INPUT_HEADER },
	{ "hp", INPUT_HEADER },	      { "ll", INPUT_IR },
	{ "bc", INPUT_IR },	      { "s", INPUT_ASSEMBLER },
	{ "S", INPUT_ASSEMBLER },     { "sx", INPUT_ASSEMBLER },
	{ "asm", INPUT_ASSEMBLER },
};

static enum cc_input kind_of_language(const char *language)
{
	if (!strncmp(language, "assembler", 9))
		return INPUT_ASSEMBLER;
	if (!strcmp(language, "ir"))
		return INPUT_IR;
	if (strstr(language, "-header"))
		return INPUT_HEADER;
	if (strstr(language, "cpp-output"))
		return INPUT_PREPROCESSED;
	return INPUT_SOURCE;
}

enum cc_input cc_input_of(const char *name, const char *language)
{
	const char *suffix = strrchr(name, '.');

	if (language && strcmp(language, "none"))
		return kind_of_language(language);
	/* Standard input; without -x, -E alone takes it: as C. */
	if (!strcmp(name, "-"))
		return INPUT_SOURCE;
	for (size_t i = 0; suffix && i < sizeof(suffixes) / sizeof(*suffixes);
	     i++) {
		if (!strcmp(suffix + 1, suffixes[i].suffix))
			return suffixes[i].kind;
	}
	return INPUT_LINKED;
}
