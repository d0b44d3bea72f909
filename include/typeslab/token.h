/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h: hand the type of a wrapper's caller to the malloc inside it.
 *
 * A program that allocates through its own wrapper (xmalloc, zmalloc) has one
 * type for everything: the wrapper's. Built with
 * -fsanitize-alloc-token-extended, clang calls __alloc_token_xmalloc(args,
 * token) where the wrapper's declaration has the malloc or alloc_size
 * attribute. A shim of that name announces the token for the time of the call:
 *
 *	void *__alloc_token_xmalloc(size_t size, size_t token)
 *	{
 *		struct typeslab_caller caller;
 *		void *p;
 *
 *		typeslab_caller_begin(&caller, size, token);
 *		p = xmalloc(size);
 *		typeslab_caller_end(&caller);
 *		return p;
 *	}
 *
 * The announced token is used once, by the first allocation of the calling
 * thread that carries no token of its own, is made by a frame at most
 * TYPESLAB_CALLER_DEPTH bytes below the shim's, asks for at least @size and at
 * most twice @size + 4,096 bytes, and does not come from the C library. Any
 * allocation that fails one of these rules, where it shows that the shim has
 * been left (longjmp, exception), ends the announcement.
 *
 * A wrapper that calls another shim loses its own announcement to it.
 *
 * Thread safety: the announcement belongs to the calling thread alone.
 * Signal safety: a handler's frame lies deeper than TYPESLAB_CALLER_DEPTH, so
 * a handler never takes the token. The functions themselves may be called
 * from a handler once its thread has allocated: they touch only the thread's
 * own pointer then. A thread's first call makes its heap, as malloc() would.
 * Errors: none. Without memory for that heap, with token 0, and without
 * libtypeslab in the process they do nothing.
 */
#ifndef TYPESLAB_TOKEN_H
#define TYPESLAB_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The smallest signal frame of the ports we have is larger than this
 * (x86-64: 128 red zone + 440 frame + 512 FPU state), and a wrapper's own
 * frames fit in it.
 */
#define TYPESLAB_CALLER_DEPTH 960

/* Lives on the shim's stack; its fields are the library's. */
struct typeslab_caller {
	/* That this memory is still the shim's; 0: nothing is announced. */
	uint64_t proof;
	/* Shims are compiled into programs: room to grow. */
	uint64_t reserved[7];
};

/* The library's own; a shim calls the two functions below. */
extern void __typeslab_announce(struct typeslab_caller *caller, size_t size,
				uint64_t token, const void *frame)
	__attribute__((__weak__));
extern void __typeslab_caller_end(struct typeslab_caller *caller)
	__attribute__((__weak__));

/*
 * Announces @token for an allocation of @size bytes or more, in place of what
 * the thread had announced before. @caller needs no initial value; it must be a
 * local of the function that calls this, and live until typeslab_caller_end().
 */
static inline __attribute__((__always_inline__)) void
typeslab_caller_begin(struct typeslab_caller *caller, size_t size,
		      uint64_t token)
{
	caller->proof = 0;
	if (__typeslab_announce)
		__typeslab_announce(caller, size, token,
				    __builtin_frame_address(0));
}

/* Ends the announcement, if it was not used. */
static inline __attribute__((__always_inline__)) void
typeslab_caller_end(struct typeslab_caller *caller)
{
	if (caller->proof)
		__typeslab_caller_end(caller);
}

#ifdef __cplusplus
}
#endif

#endif /* TYPESLAB_TOKEN_H */
