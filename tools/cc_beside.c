/* SPDX-License-Identifier: Apache-2.0 */
/* cc_beside: what else a compile writes; contract in cc_beside.h. */
#include "tools/cc_beside.h"

#include "tools/cc_option.h"
#include "tools/must.h"
#include "tools/source.h"
#include "tools/text.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the first step is told besides, as a database of compiles has it. */
#define FIRST_WORDS "\"-emit-llvm\", \"-Xclang\", \"-disable-llvm-passes\", "
#define LAST_WORD   "\"-Qunused-arguments\", "

char *cc_beside_name(const char *path, const char *suffix)
{
	const char *name = strrchr(path, '/');
	const char *old = strrchr(name ? name : path, '.');
	int length = old ? (int)(old - path) : (int)strlen(path);

	return must_print("%.*s%s", length, path, suffix);
}

/* The dependencies of -MD are named after the output: say which it is. */
static void name_dependencies(const struct cc_args *args, const char *output,
			      struct cc_args *words)
{
	bool is_asked = false, has_file = false, has_target = false;

	for (size_t i = 1; i < args->nr_words; i++) {
		const char *word = args->words[i];

		is_asked |= !strcmp(word, "-MD") || !strcmp(word, "-MMD");
		/* What the kernel's makefiles say. */
		is_asked |= !strncmp(word, "-Wp,-MD,", 8) ||
			    !strncmp(word, "-Wp,-MMD,", 9);
		has_file |=
			!strncmp(word, "-MF", 3) || !strncmp(word, "-Wp,", 4);
		has_target |=
			!strncmp(word, "-MT", 3) || !strncmp(word, "-MQ", 3);
	}
	if (is_asked && !has_file) {
		cc_args_add(words, "-MF");
		cc_args_add(words, cc_beside_name(output, ".d"));
	}
	if (is_asked && !has_target) {
		cc_args_add(words, "-MQ");
		cc_args_add(words, output);
	}
}

/* So are the files of a coverage run, which is told their full names. */
static void name_coverage(const struct cc_args *args, const char *output,
			  struct cc_args *words)
{
	bool has_both = cc_args_find(args, "--coverage") ||
			cc_args_find(args, "-coverage");
	char *folder = *output == '/' ? NULL : getcwd(NULL, 0);
	char *path = must_print("%s%s%s", folder ? folder : "",
				folder ? "/" : "", output);

	if (has_both || cc_args_find(args, "-ftest-coverage")) {
		cc_args_add(words, "-Xclang");
		cc_args_add(words, must_print("-coverage-notes-file=%s",
					      cc_beside_name(path, ".gcno")));
	}
	if (has_both || cc_args_find(args, "-fprofile-arcs")) {
		cc_args_add(words, "-Xclang");
		cc_args_add(words, must_print("-coverage-data-file=%s",
					      cc_beside_name(path, ".gcda")));
	}
	free(path);
	free(folder);
}

/* Where the compiler writes its optimization record; NULL: nowhere. */
static char *record_of(const struct cc_args *args, const char *output)
{
	const char *named = cc_args_find(args, CC_RECORD_FILE);
	const char *format = cc_args_find(args, CC_RECORD);

	if (named)
		return must_print("%s", named);
	if (!format || (*format && strcmp(format, "=yaml")))
		return NULL;
	return cc_beside_name(output, ".opt.yaml");
}

static bool is_folder(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

/* The same of its time trace: "-ftime-trace" or "-ftime-trace=PATH". */
static char *trace_of(const struct cc_args *args, const char *output)
{
	const char *word = NULL, *path, *name = strrchr(output, '/');
	char *full, *trace;

	for (size_t i = 1; i < args->nr_words; i++) {
		if (!strncmp(args->words[i], CC_TRACE, strlen(CC_TRACE)) &&
		    strchr("=", args->words[i][strlen(CC_TRACE)]))
			word = args->words[i];
	}
	if (!word)
		return NULL;
	path = word + strlen(CC_TRACE);
	if (!*path)
		return cc_beside_name(output, ".json");
	path++;
	if (!is_folder(path))
		return must_print("%s", path);
	full = must_print("%s/%s", path, name ? name + 1 : output);
	trace = cc_beside_name(full, ".json");
	free(full);
	return trace;
}

void cc_beside_init(struct cc_beside *beside, const struct cc_args *args,
		    const char *output, const char *stem, const char *folder)
{
	*beside = (struct cc_beside){
		.args = args,
		.output = output,
		.stem = stem,
		.folder = folder,
		.record = record_of(args, output),
		.trace = trace_of(args, output),
		.database = cc_args_value(args, "-MJ"),
		.second_record = must_print("%s/record", folder),
		.first_trace = must_print("%s/trace", folder),
		.first_database = must_print("%s/database", folder),
	};
}

void cc_beside_add_first(const struct cc_beside *beside, struct cc_args *words)
{
	const struct cc_args *args = beside->args;

	cc_args_add(words, "-emit-llvm");
	cc_args_add(words, "-Xclang");
	cc_args_add(words, "-disable-llvm-passes");
	name_dependencies(args, beside->output, words);
	name_coverage(args, beside->output, words);
	/* It has nothing to record yet, and would name it after its output. */
	if (cc_args_find(args, CC_RECORD) || cc_args_find(args, CC_RECORD_FILE))
		cc_args_add(words, CC_RECORD_FILE "/dev/null");
	if (beside->trace)
		cc_args_add(words,
			    must_print(CC_TRACE "=%s", beside->first_trace));
	if (beside->database) {
		cc_args_add(words, "-MJ");
		cc_args_add(words, beside->first_database);
	}
	if (cc_args_find(args, CC_TEMPORARIES))
		cc_args_add(words, CC_TEMPORARIES "=obj");
	cc_args_add(words, "-Qunused-arguments");
}

void cc_beside_add_last(const struct cc_beside *beside, struct cc_args *words)
{
	const char *temporaries = cc_args_find(beside->args, CC_TEMPORARIES);

	for (size_t i = 1; i < beside->args->nr_words; i++) {
		if (cc_option_is_measure(beside->args->words[i]))
			cc_args_add(words, beside->args->words[i]);
	}
	if (beside->trace)
		cc_args_add(words, must_print(CC_TRACE "=%s", beside->trace));
	if (temporaries)
		cc_args_add(words,
			    must_print(CC_TEMPORARIES "%s", temporaries));
	cc_args_add(words, "-Qunused-arguments");
}

static int write_text(const struct text *text, const char *path,
		      const char *mode)
{
	FILE *to = fopen(path, mode);

	if (to)
		fwrite(text->bytes, 1, text->length, to);
	if (to && !fclose(to))
		return 0;
	warn("%s", path);
	return -1;
}

/* What the second step recorded goes behind what the last did. */
static int join_records(const char *from, const char *to)
{
	struct text text;
	int status;

	if (source_read_file(from, &text) < 0)
		return -1;
	status = write_text(&text, to, "ae");
	text_fini(&text);
	return status;
}

/* {"traceEvents":[...],...}: the events of the first step before the last's. */
static int join_traces(const char *from, const char *to)
{
	struct text first, last;
	char *end, *begin;
	int status = 0;

	if (source_read_file(from, &first) < 0)
		return -1;
	if (source_read_file(to, &last) < 0) {
		text_fini(&first);
		return -1;
	}
	end = memrchr(first.bytes, ']', first.length);
	begin = memchr(last.bytes, '[', last.length);
	if (begin && end) {
		*begin = ',';
		first.length = end - first.bytes;
		status = text_append(&first, begin,
				     last.bytes + last.length - begin);
		if (status < 0)
			warn("%s", to);
		else
			status = write_text(&first, to, "we");
	}
	text_fini(&first);
	text_fini(&last);
	return status;
}

/* The first @from, and all up to the first @to behind it; false: none. */
static bool cut(struct text *text, const char *from, const char *to)
{
	char *end = text->bytes + text->length;
	char *begin = memmem(text->bytes, text->length, from, strlen(from));
	char *rest = begin ? begin + strlen(from) : end;

	rest = memmem(rest, end - rest, to, strlen(to));
	if (!begin || !rest)
		return false;
	rest += strlen(to);
	memmove(begin, rest, end - rest);
	text->length -= rest - begin;
	return true;
}

/* The first step's words in it become those that were given. */
static int join_database(const char *from, const char *to)
{
	struct text text;
	int status;

	if (source_read_file(from, &text) < 0)
		return -1;
	cut(&text, FIRST_WORDS, LAST_WORD);
	while (cut(&text, CC_BESIDE_RAW, ""))
		;
	status = write_text(&text, to, "we");
	text_fini(&text);
	return status;
}

/* What the compiler did write in the folder. */
static void move_file(char *from, char *to)
{
	if (!access(from, F_OK) && rename(from, to) < 0)
		warn("%s", to);
	free(from);
	free(to);
}

/* To where the last step put those that it saved. */
static void move_temporaries(const struct cc_beside *beside)
{
	static const char *const kinds[][2] = {
		{ ".i", ".i" },	    { ".ii", ".ii" },	  { ".mi", ".mi" },
		{ ".mii", ".mii" }, { ".tmp.bc", ".bc" },
	};
	const char *where = cc_args_find(beside->args, CC_TEMPORARIES);
	const char *slash = strrchr(beside->output, '/');
	int length = slash && where && !strcmp(where, "=obj")
			     ? (int)(slash + 1 - beside->output)
			     : 0;

	for (size_t i = 0; where && i < sizeof(kinds) / sizeof(*kinds); i++)
		move_file(must_print("%s/%s%s", beside->folder, beside->stem,
				     kinds[i][0]),
			  must_print("%.*s%s%s", length, beside->output,
				     beside->stem, kinds[i][1]));
}

int cc_beside_join(const struct cc_beside *beside)
{
	int status = 0;

	move_temporaries(beside);
	/* Of a C++ module: what its importers read. */
	move_file(must_print("%s" CC_BESIDE_RAW ".pcm", beside->output),
		  cc_beside_name(beside->output, ".pcm"));
	if (beside->record)
		status |= join_records(beside->second_record, beside->record);
	if (beside->trace)
		status |= join_traces(beside->first_trace, beside->trace);
	if (beside->database)
		status |=
			join_database(beside->first_database, beside->database);
	return status;
}

void cc_beside_fini(struct cc_beside *beside)
{
	free(beside->second_record);
	free(beside->first_trace);
	free(beside->first_database);
	free(beside->record);
	free(beside->trace);
}
