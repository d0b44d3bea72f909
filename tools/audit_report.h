/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_report: an audit told as text, JSON or a page of HTML.
 *
 * Owns:       nothing.
 * Promises:   the three tell the same numbers. The page needs nothing but
 *             itself; whatever names and paths hold, they stay text in it.
 * Relies on:  audit_settle() having ended the audit.
 */
#ifndef TOOLS_AUDIT_REPORT_H
#define TOOLS_AUDIT_REPORT_H

#include "tools/audit.h"
#include "tools/histogram.h"

#include <stdio.h>

/* Sites named under each reason in the text, unless all are wanted. */
#define AUDIT_FEW_SITES 8

/* The same of folders. */
#define AUDIT_FEW_FOLDERS 12

struct audit_report {
	const char *subject; /* what was audited */
	struct histogram_style style;
	bool has_all_sites;
};

/* What stands for the function in a report: C++ names as written. Kept. */
const char *audit_function_name(const char *symbol);

/* Sites of a kind, by reason: the sum of their times. */
size_t audit_count_why(const struct audit *audit, enum site_kind kind,
		       enum why why);

/*
 * Calls without a type in a folder, and the places in the source that they are
 * at: a function inlined into three others is one place and up to three calls.
 */
struct audit_folder {
	const char *name; /* two levels below the common folder of all */
	size_t calls;
	size_t places;
};

/* The fullest first: an array to free. */
struct audit_folder *audit_folders(const struct audit *audit, size_t *nr);

/* The sum over all folders. */
size_t audit_places(const struct audit *audit);

void audit_print_text(const struct audit *audit,
		      const struct audit_report *report, FILE *to);
void audit_print_json(const struct audit *audit,
		      const struct audit_report *report, FILE *to);
void audit_print_html(const struct audit *audit,
		      const struct audit_report *report, FILE *to);

#endif /* TOOLS_AUDIT_REPORT_H */
