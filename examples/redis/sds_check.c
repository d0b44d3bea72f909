// SPDX-License-Identifier: Apache-2.0
/*
 * sds_check: what typed_sds.h says is text holds no pointers.
 *
 * A string of Redis' is one of these headers and bytes. The compiler that
 * gives types says of each header in which half of all tokens it falls.
 * Compiled against sds.h of the Redis that is built; makes no code.
 */
#include "sds.h"

#include <stdint.h>

#define IS_DATA(type) \
	(__builtin_infer_alloc_token(sizeof(type)) - 1 < SIZE_MAX / 2)

_Static_assert(!IS_DATA(sds), "a pointer would be seen");
_Static_assert(IS_DATA(struct sdshdr5), "sdshdr5");
_Static_assert(IS_DATA(struct sdshdr8), "sdshdr8");
_Static_assert(IS_DATA(struct sdshdr16), "sdshdr16");
_Static_assert(IS_DATA(struct sdshdr32), "sdshdr32");
_Static_assert(IS_DATA(struct sdshdr64), "sdshdr64");
_Static_assert(IS_DATA(((struct sdshdr8 *)0)->buf[0]), "the bytes");
