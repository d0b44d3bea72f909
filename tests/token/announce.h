/* SPDX-License-Identifier: Apache-2.0 */
/*
 * announce: a wrapper's shim with any token, and where blocks then land.
 *
 * announce() is what __alloc_token_<wrapper> is in a real program; the tests
 * choose the wrapper, the size and the token. All of it is noinline: each
 * frame is there, as it is between files of a program.
 */
#ifndef TOKEN_ANNOUNCE_H
#define TOKEN_ANNOUNCE_H

#include <typeslab/token.h>
#include <typeslab/whatis.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DATA_TOKEN    UINT64_C(0x1d0416b06a7ce51f)
#define POINTER_TOKEN UINT64_C(0xab4823cf5091d769)

typedef void *wrapper_fn(size_t size);

void *__alloc_token_malloc(size_t size, size_t token);

/* Keeps a value or a stack array alive, and a call from being a tail call. */
#define KEEP(x) __asm__ volatile("" : : "r"(x) : "memory")

static __attribute__((noinline)) void *announce(wrapper_fn *wrapper,
						size_t size, uint64_t token)
{
	struct typeslab_caller caller;
	void *p;

	typeslab_caller_begin(&caller, size, token);
	p = wrapper(size);
	typeslab_caller_end(&caller);
	KEEP(p);
	return p;
}

#ifdef __cplusplus
}
#endif

#endif /* TOKEN_ANNOUNCE_H */
