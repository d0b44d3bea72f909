/* SPDX-License-Identifier: Apache-2.0 */
/* sites: the C++ forms. */
#include "sites.h"

#include "forms.h"

#include <new>

/* What tcmalloc declares and clang knows; no standard header has them. */
enum class __hot_cold_t : unsigned char {
};

void *operator new(std::size_t, __hot_cold_t);
void *operator new[](std::size_t, __hot_cold_t);
void *operator new(std::size_t, const std::nothrow_t &, __hot_cold_t) noexcept;
void *operator new[](std::size_t, const std::nothrow_t &,
		     __hot_cold_t) noexcept;
void *operator new(std::size_t, std::align_val_t, __hot_cold_t);
void *operator new[](std::size_t, std::align_val_t, __hot_cold_t);
void *operator new(std::size_t, std::align_val_t, const std::nothrow_t &,
		   __hot_cold_t) noexcept;
void *operator new[](std::size_t, std::align_val_t, const std::nothrow_t &,
		     __hot_cold_t) noexcept;

extern "C" {
struct sized_ptr {
	void *p;
	std::size_t n;
};

struct sized_ptr __size_returning_new(std::size_t);
struct sized_ptr __size_returning_new_aligned(std::size_t, std::align_val_t);
struct sized_ptr __size_returning_new_hot_cold(std::size_t, __hot_cold_t);
struct sized_ptr __size_returning_new_aligned_hot_cold(std::size_t,
						       std::align_val_t,
						       __hot_cold_t);
}

/* clang-format off */
#define BYTES(T) count * sizeof(T)
#define AT64	 std::align_val_t(64)
#define COLD	 __hot_cold_t(1)

#define SOURCE_SIZE(T, fn)	    (T *)fn(BYTES(T))
#define SOURCE_QUIET(T, fn)	    (T *)fn(BYTES(T), std::nothrow)
#define SOURCE_ALIGNED(T, fn)	    (T *)fn(BYTES(T), AT64)
#define SOURCE_ALIGNED_QUIET(T, fn) (T *)fn(BYTES(T), AT64, std::nothrow)
#define SOURCE_HOT(T, fn)	    (T *)fn(BYTES(T), COLD)
#define SOURCE_QUIET_HOT(T, fn)	    (T *)fn(BYTES(T), std::nothrow, COLD)
#define SOURCE_ALIGNED_HOT(T, fn)   (T *)fn(BYTES(T), AT64, COLD)
#define SOURCE_ALIGNED_QUIET_HOT(T, fn) \
	(T *)fn(BYTES(T), AT64, std::nothrow, COLD)
#define SOURCE_SIZED(T, fn)		(T *)fn(BYTES(T)).p
#define SOURCE_SIZED_ALIGNED(T, fn)	(T *)fn(BYTES(T), AT64).p
#define SOURCE_SIZED_HOT(T, fn)		(T *)fn(BYTES(T), COLD).p
#define SOURCE_SIZED_ALIGNED_HOT(T, fn) (T *)fn(BYTES(T), AT64, COLD).p

#define OLD_SIZE	      false
#define OLD_QUIET	      false
#define OLD_ALIGNED	      false
#define OLD_ALIGNED_QUIET     false
#define OLD_HOT		      false
#define OLD_QUIET_HOT	      false
#define OLD_ALIGNED_HOT	      false
#define OLD_ALIGNED_QUIET_HOT false
#define OLD_SIZED	      false
#define OLD_SIZED_ALIGNED     false
#define OLD_SIZED_HOT	      false
#define OLD_SIZED_ALIGNED_HOT false
/* clang-format on */

#define SITE_FORMS TOKEN_FORMS_CXX
#define SITE_TABLE sites_cxx
#include "sites.inc"
