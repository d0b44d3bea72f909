/* SPDX-License-Identifier: Apache-2.0 */
/* elf_code: x86-64 code, read by capstone; contract in elf_code.h. */
#include "tools/elf_code.h"

#include <string.h>

/* Families of registers, the arguments of a call first, in their order. */
static const x86_reg families[ELF_REGISTERS][4] = {
	{ X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL },
	{ X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL },
	{ X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL },
	{ X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL },
	{ X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B },
	{ X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B },
	{ X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL },
	{ X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B },
	{ X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B },
	{ X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL },
	{ X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL },
	{ X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B },
	{ X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B },
	{ X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B },
	{ X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B },
	{ X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL },
};

/* A call leaves nothing known in the first nine. */
#define NR_CALLER_SAVED 9

bool elf_code_init(struct elf_code *code, struct elf_targets *targets)
{
	memset(code, 0, sizeof(*code));
	code->targets = targets;
	if (cs_open(CS_ARCH_X86, CS_MODE_64, &code->disassembler))
		return false;
	cs_option(code->disassembler, CS_OPT_DETAIL, CS_OPT_ON);
	cs_option(code->disassembler, CS_OPT_SKIPDATA, CS_OPT_ON);
	code->instruction = cs_malloc(code->disassembler);
	return code->instruction;
}

static int family_of(unsigned int x86_register)
{
	for (int i = 0; i < ELF_REGISTERS; i++) {
		for (int width = 0; width < 4; width++) {
			if (families[i][width] == x86_register)
				return i;
		}
	}
	return -1;
}

static bool is_wide(unsigned int x86_register, int family)
{
	return families[family][0] == x86_register ||
	       families[family][1] == x86_register;
}

static const cs_x86_op *operand(const cs_insn *at, int i)
{
	return &at->detail->x86.operands[i];
}

static bool is_register_pair(const cs_insn *at)
{
	return at->detail->x86.op_count == 2 &&
	       operand(at, 0)->type == X86_OP_REG &&
	       operand(at, 1)->type == X86_OP_REG;
}

/* Forgets what @at writes. */
static void forget_written(struct elf_code *code, const cs_insn *at)
{
	cs_regs read, written;
	uint8_t nr_read, nr_written;

	if (cs_regs_access(code->disassembler, at, read, &nr_read, written,
			   &nr_written))
		return;
	for (int i = 0; i < nr_written; i++) {
		int family = family_of(written[i]);

		if (family < 0)
			continue;
		code->is_known[family] = false;
		code->holds[family] = NULL;
	}
}

static void learn(struct elf_code *code, unsigned int x86_register,
		  bool is_known, uint64_t value)
{
	int family = family_of(x86_register);

	if (family < 0)
		return;
	code->is_known[family] = is_known && is_wide(x86_register, family);
	code->values[family] = value;
	code->holds[family] = NULL;
}

static void learn_holder(struct elf_code *code, unsigned int x86_register,
			 const char *symbol)
{
	int family = family_of(x86_register);

	if (family >= 0)
		code->holds[family] = symbol;
}

static void learn_copy(struct elf_code *code, const cs_insn *at)
{
	int from = family_of(operand(at, 1)->reg);
	bool is_known = from >= 0 && code->is_known[from] &&
			is_wide(operand(at, 1)->reg, from);
	const char *holds = from >= 0 ? code->holds[from] : NULL;

	learn(code, operand(at, 0)->reg, is_known,
	      from >= 0 ? code->values[from] : 0);
	learn_holder(code, operand(at, 0)->reg, holds);
}

static bool is_transfer(const cs_insn *at)
{
	return at->id == X86_INS_CALL || at->id == X86_INS_JMP;
}

/* The address in operand @i where that is like 0x2fe2(%rip). */
static bool memory_address(const cs_insn *at, int i, uint64_t *address)
{
	const cs_x86_op *from = operand(at, i);

	if (at->detail->x86.op_count <= i || from->type != X86_OP_MEM ||
	    from->mem.base != X86_REG_RIP || from->mem.index)
		return false;
	*address = at->address + at->size + from->mem.disp;
	return true;
}

/* The function whose slot operand @i names, or NULL. */
static const char *slot_of(const struct elf_code *code, const cs_insn *at,
			   int i)
{
	uint64_t address;

	if (!memory_address(at, i, &address))
		return NULL;
	if (code->targets->is_object)
		return elf_targets_find(code->targets, at->address, at->size);
	return elf_targets_find(code->targets, address, 1);
}

static const char *target_of(const struct elf_code *code, const cs_insn *at)
{
	const cs_x86_op *to = operand(at, 0);
	int family;

	if (!is_transfer(at) || !at->detail->x86.op_count)
		return NULL;
	if (to->type == X86_OP_REG) {
		family = family_of(to->reg);
		return family >= 0 ? code->holds[family] : NULL;
	}
	if (to->type == X86_OP_MEM)
		return slot_of(code, at, 0);
	if (code->targets->is_object)
		return elf_targets_find(code->targets, at->address, at->size);
	return to->type == X86_OP_IMM
		       ? elf_targets_find(code->targets, to->imm, 1)
		       : NULL;
}

static void step(struct elf_code *code, const cs_insn *at)
{
	const cs_x86_op *to = operand(at, 0);
	bool is_move = at->id == X86_INS_MOV || at->id == X86_INS_MOVABS;

	if (is_move && is_register_pair(at))
		learn_copy(code, at);
	else if (is_move && to->type == X86_OP_REG &&
		 operand(at, 1)->type == X86_OP_IMM)
		learn(code, to->reg, true, operand(at, 1)->imm);
	else if (at->id == X86_INS_XOR && is_register_pair(at) &&
		 to->reg == operand(at, 1)->reg)
		learn(code, to->reg, true, 0);
	else
		forget_written(code, at);
	if (is_move && to->type == X86_OP_REG && slot_of(code, at, 1))
		learn_holder(code, to->reg, slot_of(code, at, 1));
	if (at->id == X86_INS_CALL) {
		memset(code->is_known, 0,
		       NR_CALLER_SAVED * sizeof(*code->is_known));
		memset(code->holds, 0, NR_CALLER_SAVED * sizeof(*code->holds));
	}
}

/* Data amid code has no detail. */
static bool next(struct elf_code *code, const uint8_t **bytes, size_t *size,
		 uint64_t *address)
{
	do {
		if (!cs_disasm_iter(code->disassembler, bytes, size, address,
				    code->instruction))
			return false;
	} while (!code->instruction->id || !code->instruction->detail);
	return true;
}

void elf_code_find_stubs(struct elf_code *code, const uint8_t *bytes,
			 size_t size, uint64_t address)
{
	const cs_insn *at = code->instruction;
	uint64_t marker = 0; /* of an endbr64 right before */
	uint64_t slot;

	while (next(code, &bytes, &size, &address)) {
		const char *symbol = NULL;

		if (at->id == X86_INS_JMP && memory_address(at, 0, &slot))
			symbol = elf_targets_find(code->targets, slot, 1);
		if (symbol) {
			elf_targets_add(code->targets, at->address, symbol);
			elf_targets_sort(code->targets);
			if (marker)
				elf_targets_add(code->targets, marker, symbol);
			elf_targets_sort(code->targets);
		}
		marker = at->id == X86_INS_ENDBR64 ? at->address : 0;
	}
}

void elf_code_find_calls(struct elf_code *code, const uint8_t *bytes,
			 size_t size, uint64_t address, elf_call_function *take,
			 void *context)
{
	memset(code->is_known, 0, sizeof(code->is_known));
	memset(code->holds, 0, sizeof(code->holds));
	while (next(code, &bytes, &size, &address)) {
		const char *symbol = target_of(code, code->instruction);

		if (symbol)
			take(context, code, symbol, code->instruction->address);
		step(code, code->instruction);
	}
}

bool elf_code_argument(const struct elf_code *code, unsigned int i,
		       uint64_t *value)
{
	*value = code->values[i];
	return code->is_known[i];
}

void elf_code_fini(struct elf_code *code)
{
	if (code->instruction)
		cs_free(code->instruction, 1);
	if (code->disassembler)
		cs_close(&code->disassembler);
}
