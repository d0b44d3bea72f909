/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw: system calls that no library stands in front of.
 *
 * Owns:       nothing.
 * Promises:   the kernel's answer as it gives it, -errno for a failure; errno
 *             is not touched.
 * Relies on:  nothing: neither the C library nor its functions being its own.
 *             A preloaded library that wraps open() or syscall() may allocate
 *             there, in the middle of our boot (libfaketime, torsocks).
 */
#ifndef OS_RAW_H
#define OS_RAW_H

#include "base/compiler.h"

#if defined(__x86_64__)

static always_inline long raw_call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

static always_inline long raw_call(long number, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
}

#else
#error "no system call of this machine is known"
#endif

#endif /* OS_RAW_H */
