/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mallinfo: what mallinfo() and mallinfo2() return.
 *
 * Owns:       nothing.
 * Promises:   the two structs as programs were compiled to expect them, also
 *             where the C library has no such functions (musl).
 */
#ifndef BASE_MALLINFO_H
#define BASE_MALLINFO_H

#include <malloc.h>
#include <stddef.h>

#ifndef __GLIBC__
struct mallinfo {
	int arena, ordblks, smblks, hblks, hblkhd;
	int usmblks, fsmblks, uordblks, fordblks, keepcost;
};

struct mallinfo2 {
	size_t arena, ordblks, smblks, hblks, hblkhd;
	size_t usmblks, fsmblks, uordblks, fordblks, keepcost;
};
#endif

#endif /* BASE_MALLINFO_H */
