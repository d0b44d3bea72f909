/* SPDX-License-Identifier: Apache-2.0 */
/* caller: see caller.h. */
#include "heap/caller.h"

#include "heap/heap.h"
#include "os/os.h"
#include "os/stack.h"

#include <stdlib.h>

/* Part of the C++ runtime, where there is one. */
extern void *__cxa_allocate_exception(size_t size) __attribute__((__weak__));

/* Whether @site lies in the object that @function is part of. */
static bool is_beside(uintptr_t site, uintptr_t function)
{
	struct stack_object object;

	return stack_find_object(function, &object) && site >= object.start &&
	       site < object.end;
}

/*
 * Whether @site lies in the C library or its loader: strdup() inside a wrapper
 * allocates for itself, and a new thread's TLS is the loader's calloc(). In a
 * static program all is one object and cannot be told apart; the rules of size
 * and depth have to do there.
 */
static bool is_in_libc(uintptr_t site)
{
	return !is_beside((uintptr_t)abort, (uintptr_t)caller_take) &&
	       (is_beside(site, (uintptr_t)abort) ||
		is_beside(site, os_loader()));
}

/*
 * A throw allocates its exception in the C++ runtime first of all. Where the
 * runtime allocates for another reason, the wrapper's caller loses its token.
 */
static bool is_throw(uintptr_t site)
{
	return __cxa_allocate_exception &&
	       !is_beside((uintptr_t)__cxa_allocate_exception,
			  (uintptr_t)caller_take) &&
	       is_beside(site, (uintptr_t)__cxa_allocate_exception);
}

static always_inline void drop(struct heap *heap)
{
	heap->announced.caller = NULL;
	thread_resume(heap);
}

void caller_leave(void)
{
	struct heap *heap = thread_own();

	if (heap && heap->announced.caller)
		drop(heap);
}

/* A program's wrappers have a few call sites: each place keeps one. */
static always_inline uintptr_t *plain_place(struct announcement *announced,
					    uintptr_t site)
{
	return &announced->plain[site % NR_PLAIN_SITES];
}

/*
 * Whether the shim's frame is still on the stack: its struct holds the proof
 * and its return address is where it was. Where it was left unseen,
 * the frames that came over it have overwritten one or the other, most likely.
 */
static always_inline bool is_shim_there(const struct announcement *announced,
					const struct typeslab_caller *caller)
{
	const uint64_t *frame = (const uint64_t *)announced->frame;

	return (caller->proof ^ frame[1]) == announced->check;
}

/*
 * Whether the allocation that comes with @token is the announced one: close
 * below the shim, and from its size to twice that and a page (a header,
 * rounding). From above the shim the depth is a huge number.
 */
static always_inline bool is_for(const struct announcement *announced,
				 size_t size, uint64_t token, const void *frame)
{
	size_t depth = announced->frame - (const char *)frame;
	size_t more = size - announced->size;

	return !token && depth <= TYPESLAB_CALLER_DEPTH &&
	       size >= announced->size && more <= announced->size + 4096;
}

/*
 * The token that @caller announced, once. A signal handler may announce one of
 * its own meanwhile: whose it was is not asked again.
 */
static always_inline uint64_t use(struct heap *heap,
				  struct typeslab_caller *caller)
{
	uint64_t token = heap->announced.token;

	caller->proof = 0;
	drop(heap);
	return token;
}

/*
 * What is true of nearly every announcement, and calls nothing: the token is
 * for an allocation that comes from where one came from before. Who announced
 * it, or NULL.
 */
static always_inline struct typeslab_caller *
find_usual(struct heap *heap, size_t size, uint64_t token, uintptr_t site,
	   const void *frame)
{
	struct announcement *announced = &heap->announced;
	struct typeslab_caller *caller = announced->caller;
	bool is_usual = caller && *plain_place(announced, site) == site &&
			is_for(announced, size, token, frame) &&
			is_shim_there(announced, caller);

	return is_usual ? caller : NULL;
}

uint64_t caller_take(struct heap *heap, size_t size, uint64_t token,
		     uintptr_t site, const void *frame)
{
	struct announcement *announced = &heap->announced;
	struct typeslab_caller *caller = announced->caller;
	uintptr_t *plain = plain_place(announced, site);

	/* Far below: not for it, or the stack of the shim may be gone. */
	if ((const char *)frame < announced->frame - TYPESLAB_CALLER_DEPTH)
		return token;
	/* Not below the shim: it was left, or this is another stack. */
	if ((const char *)frame >= announced->frame ||
	    !is_shim_there(announced, caller) ||
	    (site != *plain && is_throw(site))) {
		drop(heap);
		return token;
	}
	/* The C library and the runtime that throws are never unloaded. */
	if (!is_for(announced, size, token, frame) ||
	    (site != *plain && is_in_libc(site)))
		return token;
	*plain = site;
	return use(heap, caller);
}

/* No call but the last: once its token is used, the fast paths are open. */
void *caller_alloc(size_t size, uint64_t token, uintptr_t site)
{
	const void *frame = __builtin_frame_address(0);
	struct heap *heap = thread_own();
	struct typeslab_caller *caller = NULL;

	if (likely(heap))
		caller = find_usual(heap, size, token, site, frame);
	if (likely(caller))
		return heap_alloc(size, use(heap, caller), site);
	return heap_alloc_rare(size, token, site);
}

/* A thread's first call. One that ended borrows heaps: none to announce to. */
static never_inline void begin_first(struct typeslab_caller *caller,
				     size_t size, uint64_t token,
				     const void *frame)
{
	if (!thread_is_ended() && thread_enter())
		__typeslab_announce(caller, size, token, frame);
}

exported void __typeslab_announce(struct typeslab_caller *caller, size_t size,
				  uint64_t token, const void *frame)
{
	struct announcement *announced;
	struct heap *heap;

	if (!token)
		return;
	heap = thread_own();
	if (unlikely(!heap))
		return begin_first(caller, size, token, frame);
	announced = &heap->announced;
	/* Never 0, and never one that was there before. */
	announced->proof += 2;
	announced->check = announced->proof ^ ((const uint64_t *)frame)[1];
	announced->frame = frame;
	announced->token = token;
	announced->size = size;
	announced->caller = caller;
	caller->proof = announced->proof;
	thread_divert();
}

exported void __typeslab_caller_end(struct typeslab_caller *caller)
{
	struct heap *heap = thread_own();

	caller->proof = 0;
	if (heap && heap->announced.caller == caller)
		drop(heap);
}
