/* SPDX-License-Identifier: Apache-2.0 */
/* audit_text: an audit for the terminal; contract in audit_report.h. */
#include "tools/audit_report.h"

#include "tools/must.h"

#include <libiberty/demangle.h>
#include <stdlib.h>
#include <string.h>

#define FILE_COLUMNS 36

const char *audit_function_name(const char *symbol)
{
	char *name = cplus_demangle(symbol, DMGL_NO_OPTS | DMGL_AUTO);
	const char *kept;

	if (!name)
		return symbol;
	kept = must_keep_string(name);
	free(name);
	return kept;
}

size_t audit_count_why(const struct audit *audit, enum site_kind kind,
		       enum why why)
{
	size_t n = 0;

	for (size_t i = 0; i < audit->nr_sites; i++) {
		if (audit->sites[i].kind == kind && audit->sites[i].why == why)
			n += audit->sites[i].times;
	}
	return n;
}

/* Rounded down: 100.0 is for those who lose no type. */
static double share_told(const struct audit_counts *counts)
{
	return (long)(audit_share(counts) * 10) / 10.0;
}

static void print_sum(const struct audit *audit, const struct audit_counts *sum,
		      FILE *to)
{
	if (!audit_knows_typed(audit)) {
		fprintf(to,
			"%zu calls without a type, at %zu places; remarks do "
			"not tell how many have one\n",
			sum->by[SITE_UNTYPED], audit_places(audit));
		return;
	}
	fprintf(to,
		"%zu allocation calls: %zu typed (%.1f %%: ", audit_all(sum),
		audit_typed(sum), share_told(sum));
	fprintf(to, "%zu data, %zu pointer", sum->by[SITE_DATA],
		sum->by[SITE_POINTER]);
	if (sum->by[SITE_TYPED])
		fprintf(to, ", %zu of a half not told", sum->by[SITE_TYPED]);
	fprintf(to, "), %zu without a type\n", sum->by[SITE_UNTYPED]);
	if (sum->by[SITE_HIDDEN])
		fprintf(to, "%zu more places allocate unseen by the compiler\n",
			sum->by[SITE_HIDDEN]);
}

/* The end of a name that is too long tells more than its beginning. */
static void print_name(const char *name, FILE *to)
{
	size_t length = strlen(name);

	name = must_keep_printable(name);
	if (!length)
		name = "(not told)";
	if (length > FILE_COLUMNS)
		fprintf(to, "...%-*s", FILE_COLUMNS - 3,
			name + length - (FILE_COLUMNS - 3));
	else
		fprintf(to, "%-*s", FILE_COLUMNS, name);
}

static void print_bar(const struct audit_counts *counts,
		      struct histogram_style style, FILE *to)
{
	static const int colours[NR_SITE_KINDS] = {
		[SITE_DATA] = 32,
		[SITE_POINTER] = 35,
		[SITE_TYPED] = 36,
		[SITE_UNTYPED] = 33,
	};
	static const char marks[NR_SITE_KINDS] = "+*=-";
	size_t all = audit_all(counts), before = 0, done = 0;
	size_t width = style.width > 75 ? style.width - 65 : 10;

	if (!all)
		return;
	for (int kind = 0; kind <= SITE_UNTYPED; kind++) {
		size_t end = (before += counts->by[kind]) * width / all;

		if (style.has_colour)
			fprintf(to, "\033[%dm", colours[kind]);
		for (; done < end; done++)
			putc(marks[kind], to);
	}
	if (style.has_colour)
		fputs("\033[m", to);
}

static void print_files(const struct audit *audit, struct histogram_style style,
			FILE *to)
{
	size_t nr;
	struct audit_file *files = audit_files(audit, &nr);

	fprintf(to, "\n%-*s  calls typed%%  none\n", FILE_COLUMNS, "file");
	for (size_t i = 0; i < nr; i++) {
		const struct audit_counts *counts = &files[i].counts;

		if (!audit_all(counts))
			continue;
		print_name(files[i].name, to);
		fprintf(to, " %6zu %6.1f %5zu  ", audit_all(counts),
			share_told(counts), counts->by[SITE_UNTYPED]);
		print_bar(counts, style, to);
		putc('\n', to);
	}
	free(files);
}

/* What remarks alone can tell by file is where to begin. */
static void print_folders(const struct audit *audit,
			  const struct audit_report *report, FILE *to)
{
	size_t nr, shown;
	struct audit_folder *folders = audit_folders(audit, &nr);

	shown = report->has_all_sites || nr < AUDIT_FEW_FOLDERS
			? nr
			: AUDIT_FEW_FOLDERS;
	fprintf(to, "\n%-*s  calls places\n", FILE_COLUMNS, "folder");
	for (size_t i = 0; i < shown; i++) {
		print_name(*folders[i].name ? folders[i].name : ".", to);
		fprintf(to, " %6zu %6zu\n", folders[i].calls,
			folders[i].places);
	}
	if (shown < nr)
		fprintf(to, "and %zu more folders (--all)\n", nr - shown);
	free(folders);
}

static void print_site(const struct audit_site *site, FILE *to)
{
	fprintf(to, "     %s:%u",
		*site->file ? must_keep_printable(site->file) : "(not told)",
		site->line);
	if (site->column)
		fprintf(to, ":%u", site->column);
	fprintf(to, "  %s", must_keep_printable(site->callee));
	if (*site->function)
		fprintf(to, " in %s",
			must_keep_printable(
				audit_function_name(site->function)));
	if (site->times > 1)
		fprintf(to, " (%zu times)", site->times);
	putc('\n', to);
}

static void print_why(const struct audit *audit,
		      const struct audit_report *report, enum site_kind kind,
		      enum why why, FILE *to)
{
	size_t n = audit_count_why(audit, kind, why), shown = 0, left = 0;

	if (!n)
		return;
	fprintf(to, "%4zu %s: %s\n     -> %s\n", n, why_word(why),
		why_sentence(why), why_remedy(why));
	for (size_t i = 0; i < audit->nr_sites; i++) {
		const struct audit_site *site = &audit->sites[i];

		if (site->kind != kind || site->why != why)
			continue;
		if (report->has_all_sites || shown++ < AUDIT_FEW_SITES)
			print_site(site, to);
		else
			left++;
	}
	if (left)
		fprintf(to, "     and %zu more places (--all)\n", left);
}

void audit_print_text(const struct audit *audit,
		      const struct audit_report *report, FILE *to)
{
	struct audit_counts sum = audit_sum(audit);

	fprintf(to, "%s: ", must_keep_printable(report->subject));
	print_sum(audit, &sum, to);
	if (audit_all(&sum) && audit_knows_typed(audit))
		print_files(audit, report->style, to);
	if (sum.by[SITE_UNTYPED] && !audit_knows_typed(audit))
		print_folders(audit, report, to);
	if (sum.by[SITE_UNTYPED])
		fputs("\nwithout a type:\n", to);
	for (enum why why = 0; why < NR_WHYS; why++)
		print_why(audit, report, SITE_UNTYPED, why, to);
	if (sum.by[SITE_HIDDEN])
		fputs("\nunseen by the compiler:\n", to);
	for (enum why why = 0; why < NR_WHYS; why++)
		print_why(audit, report, SITE_HIDDEN, why, to);
}
