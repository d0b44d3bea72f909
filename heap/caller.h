/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller: the token that a wrapper's caller announced.
 *
 * Owns:       the rules by which an announced token is used once or dropped.
 * Promises:   see include/typeslab/token.h. While a token is announced the
 *             thread's fast paths are diverted, so that nothing is asked on
 *             them.
 * Relies on:  thread_divert() and thread_resume(); the return address lying
 *             one word above the frame address (x86-64, aarch64).
 */
#ifndef HEAP_CALLER_H
#define HEAP_CALLER_H

#include "heap/thread.h"

/*
 * The token to go by for an allocation of @size that came with @token and
 * returns to @site: its own, or the announced one where it has none and the
 * announcement is for it. Called with the frame of a slow path.
 */
uint64_t caller_take(struct heap *heap, size_t size, uint64_t token,
		     uintptr_t site, const void *frame);

/* The thread leaves frames by a longjmp or an exception: nothing is announced
 * any more. May be called at any time, from a signal handler too. */
void caller_leave(void);

/*
 * An allocation that the fast paths could not make, perhaps since a token is
 * announced; falls back on heap_alloc_rare().
 */
void *caller_alloc(size_t size, uint64_t token, uintptr_t site);

static always_inline uint64_t caller_settle(struct heap *heap, size_t size,
					    uint64_t token, uintptr_t site)
{
	if (likely(!heap->announced.caller))
		return token;
	return caller_take(heap, size, token, site, __builtin_frame_address(0));
}

#endif /* HEAP_CALLER_H */
