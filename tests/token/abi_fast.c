/* SPDX-License-Identifier: Apache-2.0 */
/* abi_fast: a caller for each of the 30 x 64 fast-ABI symbols. */
#include "abi.h"

/* clang-format off */
#define DECLARE(id, symbol, callee, shape, seen)                             \
	extern RETURNS_##shape __alloc_token_##id##_##symbol(TYPES_##shape); \
	static void *call_##id##_##symbol(size_t size, void *old)            \
	{                                                                    \
		(void)old;                                                   \
		return CALL_##shape(__alloc_token_##id##_##symbol);          \
	}
#define DECLARE_ID(id, unused)     \
	TOKEN_FORMS_C(DECLARE, id) \
	TOKEN_FORMS_CXX(DECLARE, id)

TOKEN_IDS(DECLARE_ID, _)

#define CELL(id, symbol) call_##id##_##symbol,
#define ROW(T, symbol, callee, shape, seen) \
	{ #symbol, { TOKEN_IDS(CELL, symbol) } },

const struct abi_fast_form abi_fast[TOKEN_NR_FORMS] = { TOKEN_FORMS_C(
	ROW, _) TOKEN_FORMS_CXX(ROW, _) };
/* clang-format on */
