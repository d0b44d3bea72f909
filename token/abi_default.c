/* SPDX-License-Identifier: Apache-2.0 */
/* abi_default: __alloc_token_<symbol>(arguments..., token). */
#include "libc/abi_list.h"
#include "libc/cxx.h"
#include "libc/doors.h"

#define SITE ((uintptr_t)__builtin_return_address(0))

/* clang-format off */
#define DEFINE(n, symbol, type, parameters, arguments, expression) \
	exported begins_line type __alloc_token_##symbol( \
		TOKEN_UNWRAP parameters, uint64_t token); \
	exported type __alloc_token_##symbol(TOKEN_UNWRAP parameters, \
					     uint64_t token) \
	{ \
		return expression; \
	}
/* clang-format on */

TOKEN_ABI(DEFINE, )
