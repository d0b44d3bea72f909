/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renamed: our C library doors under names of their own, forced in front of
 * library and test alike, so that a sanitizer keeps malloc for itself.
 */
#ifndef STRESS_RENAMED_H
#define STRESS_RENAMED_H

#define malloc		   typeslab_malloc
#define calloc		   typeslab_calloc
#define realloc		   typeslab_realloc
#define reallocarray	   typeslab_reallocarray
#define reallocf	   typeslab_reallocf
#define free		   typeslab_free
#define free_sized	   typeslab_free_sized
#define free_aligned_sized typeslab_free_aligned_sized
#define aligned_alloc	   typeslab_aligned_alloc
#define memalign	   typeslab_memalign
#define posix_memalign	   typeslab_posix_memalign
#define valloc		   typeslab_valloc
#define pvalloc		   typeslab_pvalloc
#define malloc_usable_size typeslab_malloc_usable_size
#define malloc_trim	   typeslab_malloc_trim
#define mallinfo	   typeslab_mallinfo
#define mallinfo2	   typeslab_mallinfo2
#define malloc_info	   typeslab_malloc_info
#define malloc_stats	   typeslab_malloc_stats
#define mallopt		   typeslab_mallopt

#endif /* STRESS_RENAMED_H */
