/* SPDX-License-Identifier: Apache-2.0 */
/* sites: call sites by name; contract in sites.h. */
#include "tools/sites.h"

#include "tools/audit_report.h"
#include "tools/elf_place.h"
#include "tools/must.h"
#include "tools/remote.h"

#include <errno.h>
#include <inttypes.h>

static void print_safely(const char *text, FILE *to)
{
	fputs(must_keep_printable(text), to);
}

/* As reports tell frames: the file and the offset in it. */
static void print_offset(Dwfl_Module *module, Dwarf_Addr call, FILE *to)
{
	const char *file = dwfl_module_info(module, NULL, NULL, NULL, NULL,
					    NULL, NULL, NULL);
	Dwarf_Addr offset = call;

	dwfl_module_relocate_address(module, &offset);
	print_safely(file ? file : "?", to);
	fprintf(to, "+0x%" PRIx64, (uint64_t)offset);
}

static void print_place(Dwfl *dwfl, uintptr_t call, FILE *to)
{
	Dwfl_Module *module = call ? dwfl_addrmodule(dwfl, call) : NULL;
	struct elf_place place;

	if (!module) {
		fputs(call ? "code of no file" : "not known: no stack", to);
		return;
	}
	place = elf_place_of(module, call);
	if (*place.function) {
		print_safely(audit_function_name(place.function), to);
		fputs(*place.file ? " at " : " in ", to);
	}
	if (*place.file) {
		print_safely(place.file, to);
		fprintf(to, ":%u", place.line);
	} else {
		print_offset(module, call, to);
	}
}

static void print_sum(const struct site_sum *sum, const char *what, FILE *to)
{
	fprintf(to, "%12" PRIu64 " %10" PRIu64 "  %s", sum->bytes, sum->objects,
		what);
}

static struct site_sum more_than(const struct site_sum *whole,
				 const struct site_sum *part)
{
	struct site_sum rest = { 0 };

	if (whole->objects > part->objects)
		rest.objects = whole->objects - part->objects;
	if (whole->bytes > part->bytes)
		rest.bytes = whole->bytes - part->bytes;
	return rest;
}

static void add_sum(struct site_sum *to, const struct site_sum *sum)
{
	to->objects += sum->objects;
	to->bytes += sum->bytes;
}

/*
 * The heap's counts are somewhat older than the sites, and of large objects
 * they hold a mean: the sites may be more than the whole, which is what its
 * parts are then.
 */
static void print_others(const struct sites *sites,
			 const struct site_totals *totals, size_t nr_named,
			 FILE *to)
{
	struct site_sum rest = more_than(&totals->untyped, &sites->sum);
	struct site_sum whole = sites->sum;
	struct site_sum others = { 0 };

	for (size_t i = nr_named; i < sites->nr; i++)
		add_sum(&others, &sites->list[i].sum);
	if (nr_named < sites->nr) {
		print_sum(&others, "", to);
		fprintf(to, "%zu more sites\n", sites->nr - nr_named);
	}
	if (rest.objects) {
		print_sum(&rest, "without a record of their site\n", to);
		add_sum(&whole, &rest);
	}
	print_sum(&whole, "= without a type\n", to);
	print_sum(&totals->typed, "= with a type\n", to);
}

static int stop_at_once(Dwfl_Module *module, void **userdata, const char *path,
			Dwarf_Addr start, void *context)
{
	(void)module, (void)userdata, (void)path, (void)start, (void)context;
	return DWARF_CB_ABORT;
}

/* As remote_open(), of a process that had files when its heap was read. */
static Dwfl *open_again(pid_t pid)
{
	Dwfl *dwfl = remote_open(pid);

	/* Without them it has ended meanwhile, and only waits to be reaped. */
	if (dwfl && !dwfl_getmodules(dwfl, stop_at_once, NULL, 0)) {
		remote_complain(pid, ESRCH);
		dwfl_end(dwfl);
		return NULL;
	}
	return dwfl;
}

int sites_print(const struct sites *sites, pid_t pid,
		const struct site_totals *totals, size_t most, FILE *to)
{
	size_t nr = sites->nr < most ? sites->nr : most;
	Dwfl *dwfl = open_again(pid);

	if (!dwfl)
		return -1;
	fprintf(to, "%12s %10s  %s\n", "bytes", "objects",
		"call site without a type");
	for (size_t i = 0; i < nr; i++) {
		print_sum(&sites->list[i].sum, "", to);
		print_place(dwfl, sites->list[i].call, to);
		putc('\n', to);
	}
	print_others(sites, totals, nr, to);
	dwfl_end(dwfl);
	return 0;
}
