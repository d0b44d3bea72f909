/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mm_malloc.h: the compiler's, which declares posix_memalign once more; to
 * that declaration, and to _mm_malloc's own call, the macro is not there.
 */
#pragma GCC system_header

#include <stdlib.h>

#pragma push_macro("posix_memalign")
#undef posix_memalign
#include_next <mm_malloc.h>
#pragma pop_macro("posix_memalign")
