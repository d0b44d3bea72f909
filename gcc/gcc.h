/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gcc: GCC's own headers, in the order in which they want to be included.
 *
 * They are C++ and only compile there; all of GCC's C front end that the
 * plugin touches is declared by them.
 */
#ifndef GCC_GCC_H
#define GCC_GCC_H

#include "gcc-plugin.h"
#include "plugin-version.h"

#include "tree.h"

#include "c-family/c-common.h"

#include "c-tree.h"

#include "c-family/c-pragma.h"
#include "cpplib.h"
#include "langhooks.h"
#include "stringpool.h"

#include "attribs.h"
#include "target.h"

/* The other front ends (C++, LTO) load the plugin and lack these. */
extern tree c_last_sizeof_arg __attribute__((weak));
extern location_t c_last_sizeof_loc __attribute__((weak));
extern cpp_reader *parse_in __attribute__((weak));

#endif /* GCC_GCC_H */
