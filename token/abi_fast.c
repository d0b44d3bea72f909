/* SPDX-License-Identifier: Apache-2.0 */
/*
 * abi_fast: __alloc_token_<N>_<symbol>(arguments...) for each N below 64.
 *
 * A small function a number and symbol names the token and goes on in the
 * symbol's one body, so that 1,920 functions take little room: 16 bytes each.
 * The shared library has them in another, libtypeslab-fast.so: see fast_body.h.
 */
#include "token/fast_body.h"

#include "base/compiler.h"
#include "policy/partition.h"

/* clang-format off */
#define DEFINE(n, symbol, type, parameters, arguments, expression) \
	exported type __alloc_token_##n##_##symbol(TOKEN_UNWRAP parameters); \
	exported leaves_no_frame type __alloc_token_##n##_##symbol( \
		TOKEN_UNWRAP parameters) \
	{ \
		return __typeslab_fast_##symbol( \
			TOKEN_UNWRAP arguments, token_of_fast(n), \
			(uintptr_t)__builtin_return_address(0)); \
	}

#define TEN(X, tens) \
	TOKEN_ABI(X, tens##0) TOKEN_ABI(X, tens##1) TOKEN_ABI(X, tens##2) \
	TOKEN_ABI(X, tens##3) TOKEN_ABI(X, tens##4) TOKEN_ABI(X, tens##5) \
	TOKEN_ABI(X, tens##6) TOKEN_ABI(X, tens##7) TOKEN_ABI(X, tens##8) \
	TOKEN_ABI(X, tens##9)

TEN(DEFINE, ) TEN(DEFINE, 1) TEN(DEFINE, 2) TEN(DEFINE, 3) TEN(DEFINE, 4)
TEN(DEFINE, 5) TOKEN_ABI(DEFINE, 60) TOKEN_ABI(DEFINE, 61)
TOKEN_ABI(DEFINE, 62) TOKEN_ABI(DEFINE, 63)
	/* clang-format on */
