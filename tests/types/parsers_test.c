/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parsers_test: damaged compiler output is refused or read, never believed.
 *
 * Valid texts are cut and their bytes changed at random; each parser must
 * return. Seeded: TYPES_SEED=N repeats a run, TYPES_ROUNDS=N lengthens it.
 * What the fuzzers kept is read again: the argument is its folder.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "parsers.h"

#define ROUNDS 400

static const char log_text[] =
	"make[1]: Entering directory '/src'\n"
	"a.c:3:4: remark: Call to 'malloc' in 'f' without source-level type "
	"token [-Rpass=alloc-token]\n"
	"make[1]: Leaving directory '/src'\n";

static const char yaml_text[] =
	"--- !Passed\nPass:            alloc-token\nName:            N\n"
	"DebugLoc:        { File: a.c, Line: 5, Column: 29 }\n"
	"Function:        xm\nArgs:\n  - String:          'Call to '''\n"
	"  - Callee:          malloc\n  - String:          ''' in '''\n...\n";

static const char ir_text[] =
	"; ModuleID = 'a.c'\nsource_filename = \"a.c\"\n"
	"@p = global ptr @malloc, align 8\n"
	"define ptr @xm(i64 noundef %0) #0 !dbg !5 {\n"
	"  %2 = invoke noalias ptr @__alloc_token__Znwm(i64 %0, i64 0) #3\n"
	"          to label %3 unwind label %9, !dbg !6\n"
	"  %4 = phi ptr [ %2, %3 ], [ null, %1 ]\n"
	"  %5 = mul i64 %0, 3\n"
	"  %6 = call ptr @__alloc_token_malloc(i64 %5, i64 -5), !dbg !6, "
	"!alloc_token !7\n"
	"  ret ptr %4, !dbg !6\n}\n"
	"declare noalias ptr @__alloc_token_my(i64, i64) #1\n"
	"!1 = !DIFile(filename: \"a.c\", directory: \"/t\")\n"
	"!2 = !DISubroutineType(types: !3)\n!3 = !{!4, !8}\n"
	"!4 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null)\n"
	"!5 = distinct !DISubprogram(name: \"xm\", file: !1, type: !2)\n"
	"!6 = !DILocation(line: 5, column: 3, scope: !5)\n"
	"!7 = !{!\"n\", i1 true}\n"
	"!8 = !DIBasicType(name: \"unsigned long\", size: 64)\n";

static const char table_text[] = "# typeslab types 1\n"
				 "0000123412341234 one two\n"
				 "ffff123412341234 three *\n";

static const struct {
	const char *name; /* of the fuzzer's target */
	parser_function *parse;
	const char *text;
} parsers[] = {
	{ "log", parser_log, log_text },
	{ "yaml", parser_yaml, yaml_text },
	{ "ir", parser_ir, ir_text },
	{ "wrap", parser_wrap, ir_text },
	{ "table", parser_table, table_text },
};

static const char *corpus;

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void valid_texts_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parsers) / sizeof(*parsers); i++)
		assert_int_equal(parsers[i].parse(parsers[i].text,
						  strlen(parsers[i].text)),
				 0);
}

/* From a copy of the exact size: a sanitizer sees what is read beyond. */
static void parse_damaged(size_t which, uint64_t *random)
{
	const char *text = parsers[which].text;
	size_t length = strlen(text);
	unsigned int nr_changes = draw(random) % 8;
	char *copy;

	if (draw(random) % 2)
		length = draw(random) % (length + 1);
	copy = malloc(length ? length : 1);
	assert_non_null(copy);
	memcpy(copy, text, length);
	for (unsigned int i = 0; i < nr_changes && length; i++)
		copy[draw(random) % length] =
			"\0\n {}()[]<>\"!%@*&,:0"[draw(random) % 21];
	parsers[which].parse(copy, length);
	free(copy);
}

static void damaged_texts_do_no_harm(void **state)
{
	uint64_t seed = from_environment("TYPES_SEED", time(NULL) | 1);
	uint64_t rounds = from_environment("TYPES_ROUNDS", ROUNDS);
	uint64_t random = seed;

	(void)state;
	printf("# TYPES_SEED=%llu\n", (unsigned long long)seed);
	while (rounds--) {
		for (size_t i = 0; i < sizeof(parsers) / sizeof(*parsers); i++)
			parse_damaged(i, &random);
	}
}

static void parse_file(size_t which, const char *path)
{
	FILE *file = fopen(path, "r");
	char *text, *copy;
	long length;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	length = ftell(file);
	rewind(file);
	text = malloc(length + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, length, file), length);
	fclose(file);
	copy = realloc(text, length + !length);
	assert_non_null(copy);
	parsers[which].parse(copy, length);
	free(copy);
}

static void finds_do_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parsers) / sizeof(*parsers); i++) {
		struct dirent **entries;
		char path[4096];
		int nr;

		snprintf(path, sizeof(path), "%s/%s", corpus, parsers[i].name);
		nr = scandir(path, &entries, NULL, alphasort);
		assert_true(nr > 2);
		while (nr--) {
			snprintf(path, sizeof(path), "%s/%s/%s", corpus,
				 parsers[i].name, entries[nr]->d_name);
			if (entries[nr]->d_name[0] != '.')
				parse_file(i, path);
			free(entries[nr]);
		}
		free(entries);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_texts_are_read),
		cmocka_unit_test(damaged_texts_do_no_harm),
		cmocka_unit_test(finds_do_no_harm),
	};

	if (argc != 2)
		return 2;
	corpus = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
