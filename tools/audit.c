/* SPDX-License-Identifier: Apache-2.0 */
/* audit: allocation sites; contract in audit.h. */
#include "tools/audit.h"

#include "tools/audit_line.h"
#include "tools/must.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "__alloc_token_"

void audit_init(struct audit *audit)
{
	memset(audit, 0, sizeof(*audit));
}

void audit_add(struct audit *audit, const struct audit_site *site)
{
	audit->sites = must_room(audit->sites, audit->nr_sites,
				 &audit->capacity, sizeof(*site));
	audit->sites[audit->nr_sites] = *site;
	if (!site->times)
		audit->sites[audit->nr_sites].times = 1;
	audit->nr_sites++;
}

enum site_kind audit_kind_of_token(uint64_t token, uint64_t token_max)
{
	uint64_t half = (token_max ? token_max : UINT64_MAX) / 2;

	/* The compiler's fallback may be set beyond all types. */
	if (!token || (token_max && token >= token_max))
		return SITE_UNTYPED;
	if (!token_max && token < AUDIT_SMALL_TOKENS)
		return SITE_TYPED;
	return token >= half ? SITE_POINTER : SITE_DATA;
}

const char *audit_callee_of(const char *symbol, long *number)
{
	char *end;
	long n;

	*number = -1;
	if (strncmp(symbol, PREFIX, strlen(PREFIX)))
		return NULL;
	symbol += strlen(PREFIX);
	if (*symbol < '0' || *symbol > '9')
		return symbol;
	n = strtol(symbol, &end, 10);
	if (*end != '_')
		return symbol;
	*number = n;
	return end + 1;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_sites(const void *first, const void *second)
{
	const struct audit_site *a = first, *b = second;
	int order = strcmp(a->file, b->file);

	if (!order)
		order = compare_numbers(a->line, b->line);
	if (!order)
		order = compare_numbers(a->column, b->column);
	if (!order)
		order = compare_numbers(a->kind, b->kind);
	if (!order)
		order = strcmp(a->function, b->function);
	if (!order)
		order = strcmp(a->callee, b->callee);
	return order ? order : compare_numbers(a->token, b->token);
}

/* Whether the objects were built with -falloc-token-max. */
static bool has_small_tokens(const struct audit *audit)
{
	uint64_t highest = 0;

	for (size_t i = 0; i < audit->nr_sites; i++) {
		const struct audit_site *site = &audit->sites[i];

		if (site->source == FROM_ELF && site->token > highest)
			highest = site->token;
	}
	return audit->token_max || (highest && highest < AUDIT_SMALL_TOKENS);
}

/*
 * What the compiler remarked on is not told once more. What machine code has
 * more of has a type if tokens are small, which may be 0; wide ones never are,
 * and the remarks were lost on their way into the log.
 */
static bool is_told(struct audit_site *site, size_t *surplus, bool is_small)
{
	if (site->source != FROM_ELF || site->kind != SITE_UNTYPED)
		return false;
	if (!*surplus)
		return true;
	--*surplus;
	if (is_small)
		site->kind = SITE_DATA;
	return false;
}

static size_t count_untyped(const struct audit *audit, enum site_source source)
{
	size_t n = 0;

	for (size_t i = 0; i < audit->nr_sites; i++)
		n += audit->sites[i].source == source &&
		     audit->sites[i].kind == SITE_UNTYPED;
	return n;
}

static const char *name_in_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A remark names its file as the command line does, IR by its folder, too. */
static bool is_same_call(const struct audit_site *a, const struct audit_site *b)
{
	return a->line == b->line && a->column == b->column &&
	       !strcmp(a->function, b->function) &&
	       !strcmp(name_in_folder(a->file), name_in_folder(b->file));
}

/*
 * The builtin of kernels leaves no call in IR. What our stdlib.h hands it to is
 * of the family, and told; it was asked, so that its declaration is no reason.
 */
static bool is_builtin_alone(struct audit *audit, const struct audit_site *site)
{
	bool is_alone = true;

	if (strncmp(site->callee, "llvm.", 5))
		return false;
	for (size_t i = 0; i < audit->nr_sites; i++) {
		struct audit_site *other = &audit->sites[i];

		if (other->source != FROM_IR || other->kind != SITE_UNTYPED ||
		    !is_same_call(other, site))
			continue;
		is_alone = false;
		if (other->why != WHY_WRAPPER)
			other->why = WHY_OPAQUE;
	}
	return is_alone;
}

static void drop_told_twice(struct audit *audit)
{
	bool has_ir = audit->nr_inputs[FROM_IR];
	bool has_remarks = audit->nr_inputs[FROM_REMARK];
	bool is_small = has_small_tokens(audit);
	size_t nr_untyped = count_untyped(audit, FROM_ELF);
	size_t surplus = nr_untyped > audit->nr_remarks
				 ? nr_untyped - audit->nr_remarks
				 : 0;
	size_t kept = 0;

	for (size_t i = 0; i < audit->nr_sites; i++) {
		struct audit_site *site = &audit->sites[i];

		if (has_ir && site->source == FROM_REMARK &&
		    !is_builtin_alone(audit, site))
			continue;
		if (has_remarks && is_told(site, &surplus, is_small))
			continue;
		audit->sites[kept++] = *site;
	}
	audit->nr_sites = kept;
}

static void merge_equal(struct audit *audit)
{
	size_t kept = 0;

	for (size_t i = 0; i < audit->nr_sites; i++) {
		struct audit_site *site = &audit->sites[i];

		if (kept && !compare_sites(&audit->sites[kept - 1], site))
			audit->sites[kept - 1].times += site->times;
		else
			audit->sites[kept++] = *site;
	}
	audit->nr_sites = kept;
}

static void find_why(struct audit_site *site, struct audit_lines *lines)
{
	const char *line;

	if (site->kind != SITE_UNTYPED || site->why != WHY_NOT_TOLD)
		return;
	site->why = why_of_callee(site->callee);
	if (site->why != WHY_NOT_TOLD)
		return;
	line = audit_lines_get(lines, site->file, site->line);
	if (line)
		site->why = why_of_line(line, site->column, site->callee);
}

bool audit_is_same_place(const struct audit_site *a, const struct audit_site *b)
{
	return a->kind == b->kind && a->file == b->file && a->line == b->line &&
	       a->column == b->column;
}

/* A wrapper's call is wherever it was inlined, too: one place, one remedy. */
static void spread_wrappers(struct audit *audit)
{
	for (size_t i = 0, next; i < audit->nr_sites; i = next) {
		bool is_wrapper = false;

		for (next = i; next < audit->nr_sites; next++) {
			if (!audit_is_same_place(&audit->sites[i],
						 &audit->sites[next]))
				break;
			is_wrapper |= audit->sites[next].why == WHY_WRAPPER;
		}
		for (size_t k = i; is_wrapper && k < next; k++) {
			if (audit->sites[k].why == WHY_NOT_TOLD)
				audit->sites[k].why = WHY_WRAPPER;
		}
	}
}

void audit_settle(struct audit *audit)
{
	struct audit_lines lines = { 0 };

	drop_told_twice(audit);
	if (audit->nr_sites)
		qsort(audit->sites, audit->nr_sites, sizeof(*audit->sites),
		      compare_sites);
	merge_equal(audit);
	spread_wrappers(audit);
	for (size_t i = 0; i < audit->nr_sites; i++)
		find_why(&audit->sites[i], &lines);
	audit_lines_fini(&lines);
}

bool audit_knows_typed(const struct audit *audit)
{
	return audit->nr_inputs[FROM_IR] || audit->nr_inputs[FROM_ELF];
}

struct audit_counts audit_sum(const struct audit *audit)
{
	struct audit_counts sum = { { 0 } };

	for (size_t i = 0; i < audit->nr_sites; i++)
		sum.by[audit->sites[i].kind] += audit->sites[i].times;
	return sum;
}

size_t audit_typed(const struct audit_counts *counts)
{
	return counts->by[SITE_DATA] + counts->by[SITE_POINTER] +
	       counts->by[SITE_TYPED];
}

size_t audit_all(const struct audit_counts *counts)
{
	return audit_typed(counts) + counts->by[SITE_UNTYPED];
}

double audit_share(const struct audit_counts *counts)
{
	size_t all = audit_all(counts);

	return all ? 100.0 * audit_typed(counts) / all : 100;
}

struct audit_file *audit_files(const struct audit *audit, size_t *nr)
{
	struct audit_file *files = must_alloc(audit->nr_sites, sizeof(*files));

	*nr = 0;
	for (size_t i = 0; i < audit->nr_sites; i++) {
		const struct audit_site *site = &audit->sites[i];

		if (!*nr || files[*nr - 1].name != site->file)
			files[(*nr)++].name = site->file;
		files[*nr - 1].counts.by[site->kind] += site->times;
	}
	return files;
}

const char *audit_kind_name(enum site_kind kind)
{
	static const char *const names[NR_SITE_KINDS] = {
		[SITE_DATA] = "data",	  [SITE_POINTER] = "pointer",
		[SITE_TYPED] = "typed",	  [SITE_UNTYPED] = "untyped",
		[SITE_HIDDEN] = "hidden",
	};

	return names[kind];
}

void audit_fini(struct audit *audit)
{
	free(audit->sites);
}
