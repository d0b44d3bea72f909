/* SPDX-License-Identifier: Apache-2.0 */
/* audit_html: an audit as a page of its own; contract in audit_report.h. */
#include "tools/audit_report.h"

#include "tools/must.h"

#include <stdlib.h>

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
	"body{font:15px/1.5 sans-serif;margin:2em;max-width:76em}\n"
	"table{border-collapse:collapse;margin:1em 0}\n"
	"th,td{padding:.2em .7em;text-align:left;border-bottom:1px solid #ccc}"
	"\nth{cursor:pointer;user-select:none}\n"
	"th[aria-sort=ascending]::after{content:' \\25b2'}\n"
	"th[aria-sort=descending]::after{content:' \\25bc'}\n"
	"td.n{text-align:right;font-variant-numeric:tabular-nums}\n"
	".bar{display:flex;width:16em;height:.9em;background:#eee}\n"
	".data{background:#3a7d44}.pointer{background:#8e4585}\n"
	".typed{background:#3b7ea1}.untyped{background:#d9a404}\n"
	".hidden{background:#999}\n"
	".key span{padding:0 .5em;margin-right:1em;color:#fff}\n"
	"</style>\n";

/* Columns of numbers carry the class n; the rest is compared as text. */
static const char script[] =
	"<script>\n"
	"for (const table of document.querySelectorAll('table.sortable')) {\n"
	"  const heads = [...table.tHead.rows[0].cells];\n"
	"  heads.forEach((head, i) => head.addEventListener('click', () => {\n"
	"    const down = head.getAttribute('aria-sort') === 'descending';\n"
	"    const value = row => { const c = row.cells[i];\n"
	"      return c.className === 'n' ? +c.textContent : c.textContent; };\n"
	"    const rows = [...table.tBodies[0].rows];\n"
	"    rows.sort((a, b) => { const x = value(a), y = value(b);\n"
	"      return (x < y ? -1 : x > y ? 1 : 0) * (down ? 1 : -1); });\n"
	"    heads.forEach(h => h.removeAttribute('aria-sort'));\n"
	"    head.setAttribute('aria-sort', down ? 'ascending' : 'descending');"
	"\n"
	"    table.tBodies[0].append(...rows);\n"
	"  }));\n"
	"}\n"
	"</script>\n";

/* @text with nothing in it that means anything to a browser or a terminal. */
static void put(const char *text, FILE *to)
{
	for (text = must_keep_printable(text); *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		default:
			putc(*text, to);
		}
	}
}

static void put_cell(const char *text, FILE *to)
{
	fputs("<td>", to);
	put(text, to);
	fputs("</td>", to);
}

static void put_bar(const struct audit_counts *counts, FILE *to)
{
	size_t all = audit_all(counts);

	fputs("<div class=\"bar\">", to);
	for (enum site_kind kind = 0; kind <= SITE_UNTYPED && all; kind++) {
		if (counts->by[kind])
			fprintf(to,
				"<div class=\"%s\" style=\"width:%.2f%%\" "
				"title=\"%zu %s\"></div>",
				audit_kind_name(kind),
				100.0 * counts->by[kind] / all,
				counts->by[kind], audit_kind_name(kind));
	}
	fputs("</div>", to);
}

static void put_summary(const struct audit *audit, FILE *to)
{
	struct audit_counts sum = audit_sum(audit);

	fputs("<p class=\"key\">", to);
	for (enum site_kind kind = 0; kind < NR_SITE_KINDS; kind++)
		fprintf(to, "<span class=\"%s\" id=\"sum-%s\">%zu %s</span>",
			audit_kind_name(kind), audit_kind_name(kind),
			sum.by[kind], audit_kind_name(kind));
	fputs("</p>\n", to);
	if (audit_knows_typed(audit))
		fprintf(to, "<p>%zu calls, %.1f %% typed.</p>\n",
			audit_all(&sum), audit_share(&sum));
	fprintf(to,
		"<p id=\"places\">%zu calls without a type, at %zu places."
		"</p>\n",
		sum.by[SITE_UNTYPED], audit_places(audit));
	put_bar(&sum, to);
}

static void put_files(const struct audit *audit, FILE *to)
{
	size_t nr;
	struct audit_file *files = audit_files(audit, &nr);

	fputs("<h2>Files</h2>\n<table class=\"sortable\" id=\"files\"><thead>"
	      "<tr><th>file</th><th>calls</th><th>typed %</th>"
	      "<th>without a type</th><th>hidden</th><th>shares</th></tr>"
	      "</thead><tbody>\n",
	      to);
	for (size_t i = 0; i < nr; i++) {
		const struct audit_counts *counts = &files[i].counts;

		fputs("<tr>", to);
		put_cell(files[i].name, to);
		fprintf(to,
			"<td class=\"n\">%zu</td><td class=\"n\">%.1f</td>"
			"<td class=\"n\">%zu</td><td class=\"n\">%zu</td><td>",
			audit_all(counts), audit_share(counts),
			counts->by[SITE_UNTYPED], counts->by[SITE_HIDDEN]);
		put_bar(counts, to);
		fputs("</td></tr>\n", to);
	}
	fputs("</tbody></table>\n", to);
	free(files);
}

static void put_site(const struct audit_site *site, FILE *to)
{
	bool has_why = site->kind == SITE_UNTYPED || site->kind == SITE_HIDDEN;

	fputs("<tr>", to);
	put_cell(site->file, to);
	fprintf(to, "<td class=\"n\">%u</td>", site->line);
	put_cell(audit_function_name(site->function), to);
	put_cell(site->callee, to);
	fprintf(to, "<td class=\"n\">%zu</td>", site->times);
	put_cell(audit_kind_name(site->kind), to);
	put_cell(has_why      ? why_sentence(site->why)
		 : site->type ? site->type
			      : "",
		 to);
	put_cell(has_why ? why_remedy(site->why) : "", to);
	fputs("</tr>\n", to);
}

void audit_print_html(const struct audit *audit,
		      const struct audit_report *report, FILE *to)
{
	fputs(head, to);
	fputs("<title>", to);
	put(report->subject, to);
	fputs("</title></head><body>\n<h1>Allocation types: ", to);
	put(report->subject, to);
	fputs("</h1>\n", to);
	put_summary(audit, to);
	if (audit_knows_typed(audit))
		put_files(audit, to);
	fputs("<h2>Sites</h2>\n<table class=\"sortable\" id=\"sites\"><thead>"
	      "<tr><th>file</th><th>line</th><th>function</th><th>callee</th>"
	      "<th>times</th><th>kind</th><th>type, or why none</th>"
	      "<th>what to do</th></tr></thead><tbody>\n",
	      to);
	for (size_t i = 0; i < audit->nr_sites; i++)
		put_site(&audit->sites[i], to);
	fputs("</tbody></table>\n", to);
	fputs(script, to);
	fputs("</body></html>\n", to);
}
