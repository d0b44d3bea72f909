/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leave_test: a shim left without its end leaves no token behind.
 *
 * After longjmp, siglongjmp, a switch of stacks or the end of a thread the
 * announcement is still linked, on a stack that is used for other things now.
 * Whoever allocates next must get no type from it, whether its frame lies
 * above the lost shim's, at the same depth or below.
 *
 * Usage: leave_test [shared]. In a static program longjmp is libc's own and
 * the library hears nothing of it: what lies untouched on the stack may then
 * deceive it, on aarch64 also after siglongjmp. The three cases that try are
 * run with "shared" only.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "announce.h"
#include "place.h"

#define SIZE	 100
#define NOINLINE __attribute__((noinline))

static jmp_buf back;
static sigjmp_buf back_from_signal;

static NOINLINE void *jump_out(size_t size)
{
	KEEP(size);
	longjmp(back, 1);
}

static NOINLINE void *plain_wrapper(size_t size)
{
	void *p = malloc(size);

	KEEP(p);
	return p;
}

/* clang-format off */
/* Frames of about N bytes whose array is never written. */
#define DEEP(n)                                     \
	static NOINLINE void *deep_##n(size_t size) \
	{                                           \
		char untouched[n];                  \
		void *p;                            \
                                                    \
		KEEP(untouched);                    \
		p = plain_wrapper(size);            \
		KEEP(untouched);                    \
		return p;                           \
	}

DEEP(16)
DEEP(32)
DEEP(64)
DEEP(96)
DEEP(128)
DEEP(160)
DEEP(192)
DEEP(256)
DEEP(384)
DEEP(512)
DEEP(768)
/* clang-format on */

static wrapper_fn *const depths[] = {
	plain_wrapper, deep_16,	 deep_32,  deep_64,  deep_96,  deep_128,
	deep_160,      deep_192, deep_256, deep_384, deep_512, deep_768,
};

#define NR_DEPTHS (sizeof(depths) / sizeof(depths[0]))

static void assert_untyped(void *p, const char *who)
{
	struct typeslab_whatis place = place_of(p, SIZE);

	if (place.domain != TYPESLAB_UNKNOWN)
		fail_msg("%s got %s-%02u", who, domain_name(place.domain),
			 place.partition);
	free(p);
}

static void assert_still_works(void)
{
	void *direct = __alloc_token_malloc(SIZE, DATA_TOKEN);
	void *p = announce(plain_wrapper, SIZE, DATA_TOKEN);

	assert_true(same_partition(place_of(p, SIZE), place_of(direct, SIZE)));
	free(p);
	free(direct);
}

static NOINLINE void lose_a_shim(wrapper_fn *leave)
{
	if (!setjmp(back))
		announce(leave, SIZE, POINTER_TOKEN);
}

static void longjmp_then_same_frame(void **state)
{
	(void)state;
	if (!setjmp(back))
		announce(jump_out, SIZE, POINTER_TOKEN);
	assert_untyped(malloc(SIZE), "the frame that was jumped to");
	assert_still_works();
}

static void longjmp_then_other_depths(void **state)
{
	char name[32];

	(void)state;
	for (size_t i = 0; i < NR_DEPTHS; i++) {
		lose_a_shim(jump_out);
		snprintf(name, sizeof(name), "frame %zu", i);
		assert_untyped(depths[i](SIZE), name);
		assert_still_works();
	}
}

/*
 * The hard one: nothing between the jump and the request has written to the
 * stack below, so the announcement lies there as it was left.
 */
static wrapper_fn *next_request;

static NOINLINE void *request_after_jump(void)
{
	void *p;

	if (!setjmp(back))
		announce(jump_out, SIZE, POINTER_TOKEN);
	p = next_request(SIZE);
	KEEP(p);
	return p;
}

static void longjmp_then_untouched_stack(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_DEPTHS; i++) {
		void *p;

		next_request = depths[i];
		p = request_after_jump();
		if (place_of(p, SIZE).domain != TYPESLAB_UNKNOWN)
			fail_msg("depth %zu got the lost token", i);
		free(p);
	}
}

static void longjmp_then_the_c_library(void **state)
{
	char text[SIZE + 1];

	(void)state;
	memset(text, 'y', SIZE);
	text[SIZE] = '\0';
	lose_a_shim(jump_out);
	assert_untyped(strdup(text), "strdup");
	lose_a_shim(jump_out);
	assert_untyped(plain_wrapper(SIZE), "the plain wrapper");
}

static void longjmp_then_announce_again(void **state)
{
	void *p;

	(void)state;
	for (int i = 0; i < 100; i++) {
		lose_a_shim(jump_out);
		assert_still_works();
	}
	p = plain_wrapper(SIZE);
	assert_untyped(p, "the plain wrapper");
}

/* The inner shim is lost; the outer one lost its token to it before. */
static NOINLINE void *lose_inner(size_t size)
{
	void *p;

	if (!setjmp(back))
		announce(jump_out, size, POINTER_TOKEN);
	p = malloc(size);
	KEEP(p);
	return p;
}

static void longjmp_to_an_outer_wrapper(void **state)
{
	(void)state;
	assert_untyped(announce(lose_inner, SIZE, DATA_TOKEN), "the outer one");
	assert_untyped(malloc(SIZE), "what follows");
	assert_still_works();
}

static void jump_from_handler(int signal)
{
	(void)signal;
	siglongjmp(back_from_signal, 1);
}

static NOINLINE void *raise_out(size_t size)
{
	raise(SIGUSR1);
	return malloc(size);
}

static void siglongjmp_from_a_handler(void **state)
{
	struct sigaction action = { .sa_handler = jump_from_handler };

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	for (size_t i = 0; i < NR_DEPTHS; i++) {
		if (!sigsetjmp(back_from_signal, 1))
			announce(raise_out, SIZE, POINTER_TOKEN);
		assert_untyped(depths[i](SIZE), "after siglongjmp");
	}
	assert_still_works();
}

static ucontext_t main_context, other_context;
static void *other_block;

static void other_body(void)
{
	other_block = malloc(SIZE);
	swapcontext(&other_context, &main_context);
}

static NOINLINE void *switch_stacks(size_t size)
{
	void *p;

	swapcontext(&main_context, &other_context);
	p = malloc(size);
	KEEP(p);
	return p;
}

static void another_stack_gets_nothing(void **state)
{
	size_t len = 65536;
	char *stack = mmap(NULL, len, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *p;

	(void)state;
	assert_ptr_not_equal(stack, MAP_FAILED);
	getcontext(&other_context);
	other_context.uc_stack.ss_sp = stack;
	other_context.uc_stack.ss_size = len;
	other_context.uc_link = &main_context;
	makecontext(&other_context, other_body, 0);
	p = announce(switch_stacks, SIZE, DATA_TOKEN);
	assert_untyped(other_block, "the other stack");
	free(p);
	munmap(stack, len);
}

static ucontext_t way_out;
static volatile bool is_out;

static NOINLINE void *set_context_out(size_t size)
{
	KEEP(size);
	is_out = true;
	setcontext(&way_out);
	return NULL;
}

/* No longjmp that could be heard; the stack alone must tell. */
static void setcontext_then_plain_wrapper(void **state)
{
	(void)state;
	is_out = false;
	getcontext(&way_out);
	if (!is_out)
		announce(set_context_out, SIZE, POINTER_TOKEN);
	assert_untyped(plain_wrapper(SIZE), "the plain wrapper");
	assert_still_works();
}

static NOINLINE void *leave_thread(size_t size)
{
	KEEP(size);
	pthread_exit(NULL);
}

static void *thread_that_leaves(void *arg)
{
	announce(leave_thread, SIZE, POINTER_TOKEN);
	return arg;
}

static void *thread_that_asks(void *arg)
{
	(void)arg;
	return malloc(SIZE);
}

static void a_thread_takes_its_token_along(void **state)
{
	pthread_t thread;
	void *p;

	(void)state;
	for (int i = 0; i < 50; i++) {
		/* glibc gives the second the stack and TLS of the first. */
		assert_int_equal(
			pthread_create(&thread, NULL, thread_that_leaves, NULL),
			0);
		pthread_join(thread, NULL);
		assert_int_equal(
			pthread_create(&thread, NULL, thread_that_asks, NULL),
			0);
		pthread_join(thread, &p);
		assert_untyped(p, "the next thread");
	}
}

static void clean_up(void *arg)
{
	*(void **)arg = malloc(SIZE);
}

static void *thread_with_cleanup(void *arg)
{
	pthread_cleanup_push(clean_up, arg);
	announce(leave_thread, SIZE, POINTER_TOKEN);
	pthread_cleanup_pop(0);
	return NULL;
}

static void a_cleanup_handler_gets_nothing(void **state)
{
	pthread_t thread;
	void *p = NULL;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, thread_with_cleanup, &p),
			 0);
	pthread_join(thread, NULL);
	assert_untyped(p, "the cleanup handler");
}

int main(int argc, char **argv)
{
	/* cmocka 1.1 calls what is skipped "not ok": left out, not skipped. */
	const struct CMUnitTest shared_only[] = {
		cmocka_unit_test(longjmp_then_other_depths),
		cmocka_unit_test(longjmp_then_untouched_stack),
		cmocka_unit_test(siglongjmp_from_a_handler),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longjmp_then_same_frame),
		cmocka_unit_test(longjmp_then_the_c_library),
		cmocka_unit_test(longjmp_then_announce_again),
		cmocka_unit_test(longjmp_to_an_outer_wrapper),
		cmocka_unit_test(another_stack_gets_nothing),
		cmocka_unit_test(setcontext_then_plain_wrapper),
		cmocka_unit_test(a_thread_takes_its_token_along),
		cmocka_unit_test(a_cleanup_handler_gets_nothing),
	};

	if (argc > 1 && !strcmp(argv[1], "shared"))
		return cmocka_run_group_tests(shared_only, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
