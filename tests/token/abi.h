/* SPDX-License-Identifier: Apache-2.0 */
/*
 * abi: direct calls of every __alloc_token_ symbol, made from forms.h.
 *
 * Where the compiler never emits a form with a token of our choice, a test
 * calls the symbol itself: abi_forms[i].call() for the default ABI,
 * abi_fast[i].call[id]() for the fast one. Both tables have the rows of
 * forms.h in their order, so equal indices mean equal forms.
 */
#ifndef TOKEN_ABI_H
#define TOKEN_ABI_H

#include "forms.h"

#include <stddef.h>
#include <stdint.h>

/* What the aligned forms ask for. */
#define ABI_ALIGN ((size_t)64)

/* Forms that take an old block (is_realloc) get @old, the others ignore it. */
typedef void *abi_call_fn(size_t size, void *old, size_t token);
typedef void *abi_fast_fn(size_t size, void *old);

struct abi_form {
	const char *name;
	abi_call_fn *call;
	int is_realloc;
};

struct abi_fast_form {
	const char *name;
	abi_fast_fn *call[TOKEN_NR_IDS];
};

extern const struct abi_form abi_forms[TOKEN_NR_FORMS];
extern const struct abi_fast_form abi_fast[TOKEN_NR_FORMS];

/* Row of malloc in both tables. */
#define ABI_MALLOC 0

/* The size-returning forms' answer. */
struct abi_sized {
	void *p;
	size_t n;
};

/* Dies unless the answer's room holds what was asked for. */
void *abi_check_sized(struct abi_sized got, size_t size);

/* Any object will do for std::nothrow. */
extern const char abi_nothrow;

/*
 * A shape's argument types, whether it takes an old block, and a call of fn
 * with the variables size and old in scope; "..." is the token, if any.
 */
#define TYPES_SIZE		size_t
#define TYPES_COUNT		size_t, size_t
#define TYPES_OLD		void *, size_t
#define TYPES_OLD_COUNT		void *, size_t, size_t
#define TYPES_ALIGN		size_t, size_t
#define TYPES_RESULT		void **, size_t, size_t
#define TYPES_QUIET		size_t, const void *
#define TYPES_ALIGNED		size_t, size_t
#define TYPES_ALIGNED_QUIET	size_t, size_t, const void *
#define TYPES_HOT		size_t, uint8_t
#define TYPES_QUIET_HOT		size_t, const void *, uint8_t
#define TYPES_ALIGNED_HOT	size_t, size_t, uint8_t
#define TYPES_ALIGNED_QUIET_HOT size_t, size_t, const void *, uint8_t
#define TYPES_SIZED		size_t
#define TYPES_SIZED_ALIGNED	size_t, size_t
#define TYPES_SIZED_HOT		size_t, uint8_t
#define TYPES_SIZED_ALIGNED_HOT size_t, size_t, uint8_t

#define RETURNS_SIZE		  void *
#define RETURNS_COUNT		  void *
#define RETURNS_OLD		  void *
#define RETURNS_OLD_COUNT	  void *
#define RETURNS_ALIGN		  void *
#define RETURNS_RESULT		  int
#define RETURNS_QUIET		  void *
#define RETURNS_ALIGNED		  void *
#define RETURNS_ALIGNED_QUIET	  void *
#define RETURNS_HOT		  void *
#define RETURNS_QUIET_HOT	  void *
#define RETURNS_ALIGNED_HOT	  void *
#define RETURNS_ALIGNED_QUIET_HOT void *
#define RETURNS_SIZED		  struct abi_sized
#define RETURNS_SIZED_ALIGNED	  struct abi_sized
#define RETURNS_SIZED_HOT	  struct abi_sized
#define RETURNS_SIZED_ALIGNED_HOT struct abi_sized

#define REALLOC_SIZE		  0
#define REALLOC_COUNT		  0
#define REALLOC_OLD		  1
#define REALLOC_OLD_COUNT	  1
#define REALLOC_ALIGN		  0
#define REALLOC_RESULT		  0
#define REALLOC_QUIET		  0
#define REALLOC_ALIGNED		  0
#define REALLOC_ALIGNED_QUIET	  0
#define REALLOC_HOT		  0
#define REALLOC_QUIET_HOT	  0
#define REALLOC_ALIGNED_HOT	  0
#define REALLOC_ALIGNED_QUIET_HOT 0
#define REALLOC_SIZED		  0
#define REALLOC_SIZED_ALIGNED	  0
#define REALLOC_SIZED_HOT	  0
#define REALLOC_SIZED_ALIGNED_HOT 0

/* clang-format off */
#define CALL_SIZE(fn, ...)	fn(size, ##__VA_ARGS__)
#define CALL_COUNT(fn, ...)	fn(1, size, ##__VA_ARGS__)
#define CALL_OLD(fn, ...)	fn(old, size, ##__VA_ARGS__)
#define CALL_OLD_COUNT(fn, ...) fn(old, 1, size, ##__VA_ARGS__)
#define CALL_ALIGN(fn, ...)	fn(ABI_ALIGN, size, ##__VA_ARGS__)
#define CALL_RESULT(fn, ...)                                                 \
	({                                                                   \
		void *result = NULL;                                         \
		fn(&result, ABI_ALIGN, size, ##__VA_ARGS__) ? NULL : result; \
	})
#define CALL_QUIET(fn, ...)   fn(size, &abi_nothrow, ##__VA_ARGS__)
#define CALL_ALIGNED(fn, ...) fn(size, ABI_ALIGN, ##__VA_ARGS__)
#define CALL_ALIGNED_QUIET(fn, ...) \
	fn(size, ABI_ALIGN, &abi_nothrow, ##__VA_ARGS__)
#define CALL_HOT(fn, ...)	  fn(size, 200, ##__VA_ARGS__)
#define CALL_QUIET_HOT(fn, ...)	  fn(size, &abi_nothrow, 200, ##__VA_ARGS__)
#define CALL_ALIGNED_HOT(fn, ...) fn(size, ABI_ALIGN, 200, ##__VA_ARGS__)
#define CALL_ALIGNED_QUIET_HOT(fn, ...) \
	fn(size, ABI_ALIGN, &abi_nothrow, 200, ##__VA_ARGS__)
#define CALL_SIZED(fn, ...) abi_check_sized(fn(size, ##__VA_ARGS__), size)
#define CALL_SIZED_ALIGNED(fn, ...) \
	abi_check_sized(fn(size, ABI_ALIGN, ##__VA_ARGS__), size)
#define CALL_SIZED_HOT(fn, ...) \
	abi_check_sized(fn(size, 200, ##__VA_ARGS__), size)
#define CALL_SIZED_ALIGNED_HOT(fn, ...) \
	abi_check_sized(fn(size, ABI_ALIGN, 200, ##__VA_ARGS__), size)
/* clang-format on */

#endif /* TOKEN_ABI_H */
