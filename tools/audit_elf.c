/* SPDX-License-Identifier: Apache-2.0 */
/* audit_elf: allocation sites in machine code; contract in audit_read.h. */
#include "tools/audit_read.h"

#include "tools/elf_file.h"
#include "tools/elf_sites.h"
#include "tools/must.h"
#include "tools/source.h"

#include <err.h>
#include <string.h>

/* A token of 64 bits stands out among arguments; sizes are smaller. */
#define SMALLEST_WIDE_TOKEN (1ul << 32)

struct reader {
	struct audit *audit;
	enum elf_kind kind;
	bool lacks_places;
	bool has_tokens; /* functions of the family that take one */
};

/* Where the token stands in functions of the family, counted from 0. */
static const struct {
	const char *callee;
	unsigned int index;
} family[] = {
	{ "malloc", 1 },
	{ "valloc", 1 },
	{ "pvalloc", 1 },
	{ "calloc", 2 },
	{ "realloc", 2 },
	{ "reallocf", 2 },
	{ "memalign", 2 },
	{ "aligned_alloc", 2 },
	{ "posix_memalign", 3 },
	{ "reallocarray", 3 },
	{ "__size_returning_new", 1 },
	{ "__size_returning_new_aligned", 2 },
	{ "__size_returning_new_hot_cold", 2 },
	{ "__size_returning_new_aligned_hot_cold", 3 },
};

/* The index of the token; ELF_ARGUMENTS for a function of the program's own. */
static unsigned int index_of_token(const char *callee)
{
	for (size_t i = 0; i < sizeof(family) / sizeof(*family); i++) {
		if (!strcmp(callee, family[i].callee))
			return family[i].index;
	}
	if (strncmp(callee, "_Znwm", 5) && strncmp(callee, "_Znam", 5))
		return ELF_ARGUMENTS;
	return 1 + !!strstr(callee, "nothrow_t") +
	       !!strstr(callee, "align_val_t") + !!strstr(callee, "hot_cold_t");
}

/* The last constant that only a token can be. */
static bool guess_token(const struct elf_site *from, uint64_t *token)
{
	for (unsigned int i = ELF_ARGUMENTS; i-- > 0;) {
		if (from->is_known[i] &&
		    from->arguments[i] >= SMALLEST_WIDE_TOKEN) {
			*token = from->arguments[i];
			return true;
		}
	}
	return false;
}

/* False: the code does not tell it in passing. */
static bool read_token(const struct elf_site *from, const char *callee,
		       long number, uint64_t *token)
{
	unsigned int index = index_of_token(callee);

	*token = number;
	if (number >= 0)
		return true;
	if (index == ELF_ARGUMENTS)
		return guess_token(from, token);
	*token = from->arguments[index];
	return from->is_known[index];
}

static enum why why_of_symbol(const char *symbol)
{
	return why_of_plain(symbol, strlen(symbol));
}

static bool wants(void *context, const char *symbol)
{
	struct reader *reader = context;
	long number;

	if (!audit_callee_of(symbol, &number))
		return why_of_symbol(symbol) != WHY_NOT_TOLD;
	reader->has_tokens = true;
	return true;
}

/* What is linked without any has no part in this, and may be large. */
static bool has_any(void *context)
{
	const struct reader *reader = context;

	return reader->kind == ELF_OBJECT || reader->has_tokens;
}

/* A call of our library's, or of the C library's, linked statically. */
static bool is_own(const struct reader *reader, const struct elf_site *from)
{
	long number;

	if (audit_callee_of(from->function, &number) ||
	    why_of_symbol(from->function) != WHY_NOT_TOLD)
		return true;
	return reader->kind == ELF_STATIC && !*from->file &&
	       !audit_callee_of(from->symbol, &number);
}

static void take(void *context, const struct elf_site *from)
{
	struct reader *reader = context;
	struct audit_site site = { .source = FROM_ELF };
	const char *callee;
	long number;

	if (is_own(reader, from))
		return;
	site.file = audit_path_in(
		NULL, (struct piece){ from->file, strlen(from->file) });
	reader->lacks_places |= !*from->file;
	site.function = must_keep_string(from->function);
	site.line = from->line;
	site.column = from->column;
	callee = audit_callee_of(from->symbol, &number);
	site.callee = must_keep_string(callee ? callee : from->symbol);
	site.kind = callee ? SITE_TYPED : SITE_HIDDEN;
	if (!callee)
		site.why = why_of_symbol(from->symbol);
	else if (read_token(from, site.callee, number, &site.token))
		site.kind = audit_kind_of_token(site.token,
						reader->audit->token_max);
	audit_add(reader->audit, &site);
}

int audit_read_elf(struct audit *audit, const char *path)
{
	struct reader reader = { .audit = audit };
	struct elf_sites_user user = { wants, has_any, take, &reader };
	const char *why, *fault = elf_sites_walk(path, &user, &reader.kind);

	if (fault) {
		warnx("%s: %s", source_name(path), fault);
		return -1;
	}
	if (!has_any(&reader)) {
		warnx("%s: calls no __alloc_token function: built without "
		      "-fsanitize=alloc-token, or linked statically and "
		      "stripped",
		      source_name(path));
		return -1;
	}
	why = reader.lacks_places && !audit->needs_no_places
		      ? elf_file_unread(path)
		      : NULL;
	if (why)
		warnx("%s: places are not told: %s", source_name(path), why);
	audit->nr_inputs[FROM_ELF]++;
	return 0;
}
