/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fast_body: for each symbol of the ABI the one function that all 64 functions
 * of the fast ABI go on in: its arguments, the token and the call site.
 *
 * The 1,920 functions are a shared library of their own, libtypeslab-fast.so:
 * their names would be most of libtypeslab.so's, and 160 kB of every process.
 * So the bodies have names that it finds, and are of no use to anybody else.
 */
#ifndef TOKEN_FAST_BODY_H
#define TOKEN_FAST_BODY_H

#include "libc/abi_list.h"
#include "libc/cxx.h"

#include <stddef.h>
#include <stdint.h>

/* clang-format off */
#define DECLARE_BODY(n, symbol, type, parameters, arguments, expression) \
	exported type __typeslab_fast_##symbol(TOKEN_UNWRAP parameters, \
					       uint64_t token, uintptr_t site);
/* clang-format on */

TOKEN_ABI(DECLARE_BODY, )

#endif /* TOKEN_FAST_BODY_H */
