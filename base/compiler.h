/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compiler: names for what C itself cannot say.
 *
 * Owns:       nothing.
 * Promises:   one spelling of each attribute and hint for the whole tree.
 * Relies on:  gcc 12 or clang 14 and later.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
#define always_inline inline __attribute__((__always_inline__))
#define never_inline  __attribute__((__noinline__))
#define cold_path     __attribute__((__cold__, __noinline__))
#define never_returns __attribute__((__noreturn__))
#define exported      __attribute__((__visibility__("default")))

/*
 * Begins a line of the processor's cache. A function of twenty instructions
 * takes up to 4 % longer where it begins in the middle of one, which else is a
 * matter of what stands before it in the library.
 */
#define begins_line __attribute__((__aligned__(64)))

/*
 * A function that does nothing but jump on to another: where an exception
 * passes, its frame is gone. Unwind tables of many such are most of a library.
 */
#if defined(__OPTIMIZE__) && __has_attribute(nouwtable)
#define leaves_no_frame __attribute__((__nothrow__, nouwtable))
#else
#define leaves_no_frame
#endif

/*
 * Goes on in @call, of a function of the same type as the caller's: it returns
 * to whom the caller would have, and so sees the same return address. Where a
 * compiler cannot promise that, in @instead.
 */
#if __has_attribute(musttail)
#define go_on_in(call, instead) __attribute__((musttail)) return call
#else
#define go_on_in(call, instead) return 0 ? (call) : (instead)
#endif

/* On the declaration of a variable of our own: read without the GOT. */
#define internal __attribute__((__visibility__("hidden")))

/*
 * The one pointer a thread has: read without a call, so that malloc works
 * before and after the dynamic loader's TLS allocator does.
 */
#define thread_local_ie __thread __attribute__((tls_model("initial-exec")))

/*
 * What was read before is read again where it is wanted next: by the very
 * instruction, instead of a register that is copied and kept.
 */
#define forget_reads() __asm__("" : : : "memory")

/* @x is computed here and whole, not in part at each of its uses. */
#define compute_now(x) __asm__("" : "+r"(x))

/* As a string, with what macros made of it. */
#define SPELLED_AS(name) #name
#define SPELLED(name)	 SPELLED_AS(name)

#define array_size(a) (sizeof(a) / sizeof((a)[0]))

#endif /* BASE_COMPILER_H */
