/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h: ask whether any block was written past its end.
 *
 * With canary=on (part of profile=hardened) every small block ends in a
 * canary, which is looked at when the block is freed. A program that keeps
 * blocks for long may ask earlier: after a parser ran, once a minute, before
 * it trusts what it holds.
 */
#ifndef TYPESLAB_CHECK_H
#define TYPESLAB_CHECK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Looks at the canary of every live block of the process that has one: blocks
 * of up to 32 KiB less 8 bytes, but not those of kmem_caches, of kmem_buckets,
 * and accounted or reclaimable ones. The first that is damaged is reported, and
 * the process ends. Under profile=compat one is reported, and how many are
 * damaged is returned. 0 without canaries.
 * Time: a few nanoseconds a block. Thread safety: safe; blocks that other
 * threads allocate or free meanwhile may or may not be looked at. Signal
 * safety: takes no lock and allocates nothing; may be called by a handler.
 * errno is untouched.
 */
size_t typeslab_check(void);

#ifdef __cplusplus
}
#endif

#endif /* TYPESLAB_CHECK_H */
