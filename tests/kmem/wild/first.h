/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forced in before kernel code: the headers of its tools/ know flags of their
 * own by a type of the same name, and another argv_split().
 */
#ifndef WILD_FIRST_H
#define WILD_FIRST_H

#include "generated/autoconf.h"

#define gfp_t	   tools_gfp_t
#define argv_split tools_argv_split
#include <linux/string.h>
#include <linux/types.h>
#undef argv_split
#undef gfp_t

#include "typeslab/gfp.h"

#endif /* WILD_FIRST_H */
