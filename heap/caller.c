/* SPDX-License-Identifier: Apache-2.0 */
/* caller: see caller.h. */
#define _GNU_SOURCE
#include "heap/caller.h"

#include <dlfcn.h>
#include <stdlib.h>

extern int _dl_find_object(void *address, struct dl_find_object *out)
	__attribute__((__weak__));

static bool find_object(const void *address, struct dl_find_object *out)
{
	return _dl_find_object && !_dl_find_object((void *)address, out);
}

/*
 * Whether @site lies in the C library: strdup() inside a wrapper allocates
 * for itself. In a static program the two are one object and cannot be told
 * apart; the rules of size and depth have to do there.
 */
static bool is_in_libc(uintptr_t site)
{
	struct dl_find_object libc, ours;
	uintptr_t start, end;

	if (!find_object((void *)(uintptr_t)abort, &libc) ||
	    !find_object((void *)(uintptr_t)caller_take, &ours) ||
	    libc.dlfo_map_start == ours.dlfo_map_start)
		return false;
	start = (uintptr_t)libc.dlfo_map_start;
	end = (uintptr_t)libc.dlfo_map_end;
	return site >= start && site < end;
}

/*
 * Whether the shim's frame is still on the stack: its struct holds the proof
 * and its return address is where it was. After a longjmp or an exception the
 * frames that came over it have overwritten one or the other.
 */
static bool is_shim_there(const struct announcement *announced)
{
	const void *const *frame = (const void *const *)announced->frame;

	return announced->caller->proof == announced->proof &&
	       frame[1] == announced->return_address;
}

static void drop(struct heap *heap)
{
	heap->announced.caller = NULL;
	thread_resume();
}

uint64_t caller_take(struct heap *heap, size_t size, uint64_t token,
		     uintptr_t site, const void *frame)
{
	struct announcement *announced = &heap->announced;
	size_t depth = announced->frame - (const char *)frame;

	/* Not below the shim: it was left, or this is another stack. */
	if ((const char *)frame >= announced->frame ||
	    !is_shim_there(announced)) {
		drop(heap);
		return token;
	}
	if (token || depth > TYPESLAB_CALLER_DEPTH || is_in_libc(site) ||
	    size < announced->size || size / 2 > announced->size + 2048)
		return token;
	token = announced->token;
	announced->caller->proof = 0;
	drop(heap);
	return token;
}

exported void __typeslab_caller_begin(struct typeslab_caller *caller)
{
	const void *const *frame = caller->frame;
	struct heap *heap;

	caller->proof = 0;
	if (!caller->token)
		return;
	heap = thread_enter();
	if (!heap)
		return;
	/* A thread that ended borrows heaps: nothing to announce to. */
	if (thread_is_ended())
		return thread_leave(heap);
	caller->proof = thread_random(heap) | 1;
	heap->announced.frame = caller->frame;
	heap->announced.return_address = frame[1];
	heap->announced.token = caller->token;
	heap->announced.size = caller->size;
	heap->announced.proof = caller->proof;
	heap->announced.caller = caller;
	thread_divert();
}

exported void __typeslab_caller_end(struct typeslab_caller *caller)
{
	struct heap *heap = thread_enter();

	caller->proof = 0;
	if (!heap)
		return;
	if (heap->announced.caller == caller)
		drop(heap);
	thread_leave(heap);
}
