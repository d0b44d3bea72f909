/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_read: compiler output turned into the sites of an audit.
 *
 * Owns:       nothing; adds to the caller's audit.
 * Promises:   takes any bytes; an input is read whole, or refused with -1, the
 *             line and the reason in *@fault (audit_read_elf() speaks itself).
 *             What was added before a refusal stays: the caller gives up then.
 * Relies on:  libyaml, libelf, libdw and capstone for their formats.
 * Invariant:  each counts itself in audit.nr_inputs once it accepted its input.
 */
#ifndef TOOLS_AUDIT_READ_H
#define TOOLS_AUDIT_READ_H

#include "tools/audit.h"
#include "tools/slabline.h"

enum audit_format {
	FORMAT_LOG, /* what a build wrote to the terminal */
	FORMAT_YAML,
	FORMAT_IR,
	FORMAT_ELF,
	FORMAT_BITCODE,
	FORMAT_ARCHIVE,
	FORMAT_FOREIGN, /* neither text nor anything known */
};

enum audit_format audit_format_of(struct piece bytes);

/* Remarks of -Rpass=alloc-token amid anything else. */
int audit_read_log(struct audit *audit, struct piece text,
		   struct text_fault *fault);

/* A record of -fsave-optimization-record. */
int audit_read_yaml(struct audit *audit, struct piece text,
		    struct text_fault *fault);

/* A module of LLVM IR in its textual form. */
int audit_read_ir(struct audit *audit, struct piece text,
		  struct text_fault *fault);

/* An object file, a library or a program; complains itself. */
int audit_read_elf(struct audit *audit, const char *path);

/* By what @path holds; complains itself. */
int audit_read_file(struct audit *audit, const char *path);

/*
 * An archived or copied log names files from where the compiler stood. "./" is
 * left out: a kernel's headers are found by -I./include as well as without.
 */
const char *audit_path_in(const char *folder, struct piece path);

#endif /* TOOLS_AUDIT_READ_H */
