/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options_fuzz: any bytes as the two strings of options.
 *
 * Bytes to the first NUL are the program's string, those after it the
 * environment's. Whatever they say, every field holds an allowed value.
 */
#include "tests/fuzz/target.h"

#include "heap/options.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct range {
	uint64_t least;
	uint64_t most;
	bool is_text;
};

static const struct range ranges[] = {
#define WORD					    false
#define NUMBER					    false
#define SIZE					    false
#define TEXT					    true
#define X(name, kind, value, least, most, sentence) { least, most, kind },
	OPTION_LIST(X)
#undef X
};

static void check_text(uint64_t value, const char *program,
		       const char *environment)
{
	struct option_text text = option_text_of(value);
	const char *last = text.text + text.length;

	if (!value)
		return;
	if (text.length &&
	    ((text.text >= program && last <= program + strlen(program)) ||
	     (text.text >= environment &&
	      last <= environment + strlen(environment))))
		return;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t split = strnlen((const char *)data, size);
	char *program = strndup((const char *)data, split);
	char *environment = strndup((const char *)data + split + (split < size),
				    size - split - (split < size));
	struct options options;
	const uint64_t *field = (const uint64_t *)(const void *)&options;

	options_read(&options, program, environment);
	for (size_t i = 0; i < sizeof(options) / sizeof(*field); i++) {
		if (ranges[i].is_text)
			check_text(field[i], program, environment);
		else if (field[i] < ranges[i].least ||
			 field[i] > ranges[i].most)
			abort();
	}
	free(program);
	free(environment);
	return 0;
}
