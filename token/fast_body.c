/* SPDX-License-Identifier: Apache-2.0 */
/* fast_body: see fast_body.h. */
#include "token/fast_body.h"

#include "libc/doors.h"

#define SITE site

/* clang-format off */
#define DEFINE_BODY(n, symbol, type, parameters, arguments, expression) \
	type __typeslab_fast_##symbol(TOKEN_UNWRAP parameters, uint64_t token, \
				      uintptr_t site) \
	{ \
		return expression; \
	}
/* clang-format on */

TOKEN_ABI(DEFINE_BODY, )
