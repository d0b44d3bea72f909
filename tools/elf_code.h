/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_code: x86-64 code read straight on.
 *
 * Owns:       the disassembler, and what the registers are known to hold.
 * Promises:   hands out each call (or jump at a function's end) to one of the
 *             targets, also through a register that was loaded from the
 *             offset table, with the constants in the argument registers.
 * Relies on:  capstone. Code is read in the order of addresses, branches are
 *             not followed: a constant that reaches a call by a jump is not
 *             seen, or the one before it in the text is.
 */
#ifndef TOOLS_ELF_CODE_H
#define TOOLS_ELF_CODE_H

#include "tools/elf_targets.h"

#include <capstone/capstone.h>

#define ELF_REGISTERS 16

struct elf_code {
	csh disassembler;
	cs_insn *instruction;
	struct elf_targets *targets;
	bool is_known[ELF_REGISTERS];
	uint64_t values[ELF_REGISTERS];
	const char *holds[ELF_REGISTERS]; /* the address of this function */
};

/* False: capstone refused. */
bool elf_code_init(struct elf_code *code, struct elf_targets *targets);

/* Adds the stubs among @bytes to the targets. */
void elf_code_find_stubs(struct elf_code *code, const uint8_t *bytes,
			 size_t size, uint64_t address);

/* A call found at @address; registers are those of @code. */
typedef void elf_call_function(void *context, const struct elf_code *code,
			       const char *symbol, uint64_t address);

void elf_code_find_calls(struct elf_code *code, const uint8_t *bytes,
			 size_t size, uint64_t address, elf_call_function *take,
			 void *context);

/* Argument @i (below ELF_ARGUMENTS) as a call would pass it. */
bool elf_code_argument(const struct elf_code *code, unsigned int i,
		       uint64_t *value);

void elf_code_fini(struct elf_code *code);

#endif /* TOOLS_ELF_CODE_H */
