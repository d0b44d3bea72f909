/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab.h: the kernel's slab API on the heap of libtypeslab.
 *
 * You very likely want kmalloc_obj(*p) and kfree(p).
 *
 * Semantics are those of Linux 7.2, which is where each rule comes from that
 * names no other; what gfp flags mean here is said in typeslab/gfp.h. In all
 * functions:
 *
 * Sizes are in bytes. Size 0 gives ZERO_SIZE_PTR, which may be freed, measured
 * and reallocated, and not be read. An object of n bytes is aligned to the
 * largest power of two that divides n, and to KMALLOC_MINALIGN; one above
 * KMALLOC_MAX_CACHE_SIZE that a kv function gave, to a page.
 * Errors: NULL means that there is no memory, or a size that is too large or
 * did not fit its type, and errno is ENOMEM then; or an argument that cannot
 * be, and errno is EINVAL. Misuse is reported and ends the process.
 * Objects of this API, of malloc() and of C++ are of one heap: free() and
 * kfree() take each.
 *
 * Thread safety: all may be called by several threads at once.
 * Signal safety: kmalloc_nolock() and kfree_nolock() may be called by a
 * handler at any instant; no other function from a handler that may have
 * interrupted the allocator.
 *
 * The functions' names in the library begin with typeslab_, so that programs
 * with a kfree() of their own are not disturbed. C only, gnu11 or newer, by
 * gcc and clang: in C++ new is typed as it is.
 */
#ifndef TYPESLAB_SLAB_H
#define TYPESLAB_SLAB_H

#ifdef __cplusplus
#error "typeslab/slab.h is for C; in C++, new and delete are typed as they are"
#endif

#include "typeslab/gfp.h"
#include "typeslab/kmalloc.h"
#include "typeslab/kmem_cache.h"
#include "typeslab/slab_copy.h"
#include "typeslab/slab_obj.h"

#endif /* TYPESLAB_SLAB_H */
