/* SPDX-License-Identifier: Apache-2.0 */
/* The few of linux/kernel.h's things that a test file needs. */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BITS_PER_LONG	  64
#define GENMASK(high, low) \
	(~0ul >> (BITS_PER_LONG - 1 - (high)) & ~0ul << (low))
#define hweight_long(word)	__builtin_popcountl(word)
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "=r"(var) : "0"(var))

/* 1 where @option is defined as 1, and 0 where it is not defined. */
#define SHIM_TAKE_SECOND(first, second, ...) second
#define SHIM_COMMA_1			     0,
#define SHIM_IS_ONE(prefixed)		     SHIM_TAKE_SECOND(prefixed 1, 0, 0)
#define SHIM_PREFIX(value)		     SHIM_IS_ONE(SHIM_COMMA_##value)
#define IS_ENABLED(option)		     SHIM_PREFIX(option)
/* A program is no module. */
#define IS_MODULE(option) 0

#endif /* SHIM_LINUX_KERNEL_H */
