/* SPDX-License-Identifier: Apache-2.0 */
/* abi_default: a caller for each of the 30 default-ABI symbols. */
#include "abi.h"

#include <stdio.h>
#include <stdlib.h>

const char abi_nothrow;

void *abi_check_sized(struct abi_sized got, size_t size)
{
	if (got.p && got.n < size) {
		fprintf(stderr, "size-returning new: %zu for %zu\n", got.n,
			size);
		abort();
	}
	return got.p;
}

/* clang-format off */
#define DECLARE(T, symbol, callee, shape, seen)                          \
	extern RETURNS_##shape __alloc_token_##symbol(TYPES_##shape,     \
						      size_t token);     \
	static void *call_##symbol(size_t size, void *old, size_t token) \
	{                                                                \
		(void)old;                                               \
		return CALL_##shape(__alloc_token_##symbol, token);      \
	}

TOKEN_FORMS_C(DECLARE, _)
TOKEN_FORMS_CXX(DECLARE, _)

#define ROW(T, symbol, callee, shape, seen) \
	{ #symbol, call_##symbol, REALLOC_##shape },

const struct abi_form abi_forms[TOKEN_NR_FORMS] = { TOKEN_FORMS_C(
	ROW, _) TOKEN_FORMS_CXX(ROW, _) };
/* clang-format on */
