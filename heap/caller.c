/* SPDX-License-Identifier: Apache-2.0 */
/* caller: see caller.h. */
#include "heap/caller.h"

#include "os/stack.h"

#include <stdlib.h>

/* Part of the loader, whose calloc() makes room for a new thread's TLS. */
extern void *__tls_get_addr(void *index) __attribute__((__weak__));

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
 * allocates for itself. In a static program all is one object and cannot be
 * told apart; the rules of size and depth have to do there.
 */
static bool is_in_libc(uintptr_t site)
{
	return !is_beside((uintptr_t)abort, (uintptr_t)caller_take) &&
	       (is_beside(site, (uintptr_t)abort) ||
		is_beside(site, (uintptr_t)__tls_get_addr));
}

/*
 * Whether the shim's frame is still on the stack: its struct holds the proof
 * and its return address is where it was. Where it was left unseen,
 * the frames that came over it have overwritten one or the other, most likely.
 */
static bool is_shim_there(const struct announcement *announced)
{
	const void *const *frame = (const void *const *)announced->frame;

	return announced->caller->proof == announced->proof &&
	       frame[1] == announced->return_address;
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

/* From the announced size to twice that and a page: a header, rounding. */
static bool is_size_near(size_t size, size_t announced)
{
	return size >= announced && size - announced <= announced + 4096;
}

static void drop(struct heap *heap)
{
	heap->announced.caller = NULL;
	thread_resume();
}

void caller_leave(void)
{
	struct heap *heap = thread_own();

	if (heap && heap->announced.caller)
		drop(heap);
}

/* A program's wrappers have a few call sites: each place keeps one. */
static uintptr_t *plain_place(struct announcement *announced, uintptr_t site)
{
	return &announced->plain[(site ^ site >> 4) % NR_PLAIN_SITES];
}

uint64_t caller_take(struct heap *heap, size_t size, uint64_t token,
		     uintptr_t site, const void *frame)
{
	struct announcement *announced = &heap->announced;
	size_t depth = announced->frame - (const char *)frame;
	uintptr_t *plain = plain_place(announced, site);

	/* Not below the shim: it was left, or this is another stack. */
	if ((const char *)frame >= announced->frame ||
	    !is_shim_there(announced) || (site != *plain && is_throw(site))) {
		drop(heap);
		return token;
	}
	if (token || depth > TYPESLAB_CALLER_DEPTH ||
	    !is_size_near(size, announced->size))
		return token;
	/* The C library and the runtime that throws are never unloaded. */
	if (site != *plain && is_in_libc(site))
		return token;
	*plain = site;
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
