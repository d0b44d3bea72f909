/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_cxx: api.h for C++. The system's headers come first because they bring
 * templates; api.h and cmocka.h know nothing of C++.
 */
#ifndef API_API_CXX_H
#define API_API_CXX_H

#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern "C" {
#include "api.h"
}

#endif /* API_API_CXX_H */
