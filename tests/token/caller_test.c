/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller_test: the token of the caller reaches the wrapper's buffer, and
 * nothing else that is allocated meanwhile or later.
 *
 * Each case names what comes between the announcement and the buffer, or how
 * the shim is left; leave_test has the ways of leaving it without its end.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "announce.h"
#include "place.h"

#define SIZE 100

/* What a wrapper allocated besides the buffer it gave back. */
static void *extra;

#define NOINLINE __attribute__((noinline))

static struct typeslab_whatis direct_place(size_t size, uint64_t token)
{
	void *p = __alloc_token_malloc(size, token);
	struct typeslab_whatis place = place_of(p, size);

	free(p);
	return place;
}

static void assert_typed(void *p, size_t size, uint64_t token)
{
	struct typeslab_whatis place = place_of(p, size);
	struct typeslab_whatis wanted = direct_place(size, token);

	if (!same_partition(place, wanted))
		fail_msg("in %s-%02u, not %s-%02u", domain_name(place.domain),
			 place.partition, domain_name(wanted.domain),
			 wanted.partition);
}

static void assert_untyped(void *p, size_t size)
{
	assert_domain(place_of(p, size), TYPESLAB_UNKNOWN);
}

/* The wrapper's buffer is typed; what came between is not. */
static void check_between(wrapper_fn *wrapper, size_t size)
{
	static const uint64_t token[] = { DATA_TOKEN, POINTER_TOKEN };

	for (int i = 0; i < 2; i++) {
		void *p = announce(wrapper, size, token[i]);
		void *after = malloc(size);

		assert_typed(p, size, token[i]);
		assert_untyped(after, size);
		if (extra)
			assert_untyped(extra, 1);
		free(p);
		free(extra);
		free(after);
		extra = NULL;
	}
}

static NOINLINE void *with_malloc(size_t size)
{
	void *p = malloc(size);

	KEEP(p);
	return p;
}

static NOINLINE void *with_calloc(size_t size)
{
	void *p = calloc(1, size);

	KEEP(p);
	return p;
}

static NOINLINE void *with_realloc(size_t size)
{
	void *p = realloc(NULL, size);

	KEEP(p);
	return p;
}

static NOINLINE void *with_aligned_alloc(size_t size)
{
	void *p = aligned_alloc(64, size);

	KEEP(p);
	return p;
}

static NOINLINE void *with_posix_memalign(size_t size)
{
	void *p = NULL;

	return posix_memalign(&p, 64, size) ? NULL : p;
}

/* As the compiler leaves a wrapper whose type it cannot tell. */
static NOINLINE void *with_token_zero(size_t size)
{
	void *p = __alloc_token_malloc(size, 0);

	KEEP(p);
	return p;
}

/* A header before the caller's bytes, as zmalloc keeps. */
static NOINLINE void *with_header(size_t size)
{
	return with_malloc(size + 16);
}

static NOINLINE void *with_some_frame(size_t size)
{
	char local[300];

	KEEP(local);
	return with_malloc(size);
}

static void every_door_takes_it(void **state)
{
	static wrapper_fn *const wrapper[] = {
		with_malloc,	    with_calloc,	 with_realloc,
		with_aligned_alloc, with_posix_memalign, with_token_zero,
		with_header,	    with_some_frame,
	};
	static const size_t size[] = { 1, 48, 100, 4096, 70000, 5000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrapper) / sizeof(wrapper[0]); i++)
		for (size_t j = 0; j < sizeof(size) / sizeof(size[0]); j++)
			check_between(wrapper[i], size[j]);
}

static NOINLINE void *again_after(size_t size)
{
	void *p = malloc(size);

	extra = malloc(size);
	return p;
}

static void only_once(void **state)
{
	(void)state;
	check_between(again_after, SIZE);
}

static NOINLINE void *smaller_first(size_t size)
{
	extra = malloc(size - 1);
	return with_malloc(size);
}

static void not_by_a_smaller_request(void **state)
{
	(void)state;
	check_between(smaller_first, SIZE);
	check_between(smaller_first, 100000);
}

static NOINLINE void *larger_first(size_t size)
{
	extra = malloc(2 * size + 4097);
	return with_malloc(size);
}

static void not_by_a_much_larger_request(void **state)
{
	(void)state;
	check_between(larger_first, SIZE);
}

static NOINLINE void *strdup_first(size_t size)
{
	char text[SIZE + 1];

	memset(text, 'x', SIZE);
	text[SIZE] = '\0';
	extra = strdup(text);
	return with_malloc(size);
}

static NOINLINE void *asprintf_first(size_t size)
{
	char *line = NULL;

	if (asprintf(&line, "%0*d", SIZE, 7) < 0)
		return NULL;
	extra = line;
	return with_malloc(size);
}

static NOINLINE void *fopen_first(size_t size)
{
	FILE *file = fopen("/dev/null", "w");
	char *name = realpath("/dev/null", NULL);

	if (!file)
		return NULL;
	fputs("fills a buffer", file);
	fclose(file);
	extra = name;
	return with_malloc(size);
}

static void not_by_the_c_library(void **state)
{
	(void)state;
	check_between(strdup_first, SIZE);
	check_between(asprintf_first, SIZE);
	check_between(fopen_first, SIZE);
	check_between(fopen_first, 16);
}

static NOINLINE void *typed_first(size_t size)
{
	void *typed = __alloc_token_malloc(size, 0x1234567887654321);

	assert_typed(typed, size, 0x1234567887654321);
	free(typed);
	extra = NULL;
	return with_malloc(size);
}

static void not_by_a_typed_request(void **state)
{
	void *p = announce(typed_first, SIZE, POINTER_TOKEN);

	(void)state;
	assert_typed(p, SIZE, POINTER_TOKEN);
	free(p);
}

static NOINLINE void *far_below(size_t size)
{
	char local[2 * TYPESLAB_CALLER_DEPTH];
	void *p;

	KEEP(local);
	p = with_malloc(size);
	KEEP(local);
	return p;
}

static void not_far_below_the_shim(void **state)
{
	void *p = announce(far_below, SIZE, POINTER_TOKEN);

	(void)state;
	assert_untyped(p, SIZE);
	free(p);
}

static void handle_signal(int signal)
{
	(void)signal;
	extra = malloc(SIZE);
}

static NOINLINE void *signal_first(size_t size)
{
	raise(SIGUSR1);
	return with_malloc(size);
}

static void not_by_a_signal_handler(void **state)
{
	struct sigaction action = { .sa_handler = handle_signal };

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	check_between(signal_first, SIZE);
}

static void not_by_a_handler_on_its_own_stack(void **state)
{
	struct sigaction action = { .sa_handler = handle_signal,
				    .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_size = 65536 }, off = { .ss_flags = SS_DISABLE };

	(void)state;
	stack.ss_sp = malloc(stack.ss_size);
	assert_non_null(stack.ss_sp);
	assert_int_equal(sigaltstack(&stack, NULL), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	check_between(signal_first, SIZE);
	assert_int_equal(sigaltstack(&off, NULL), 0);
	free(stack.ss_sp);
}

static void *allocate_in_thread(void *arg)
{
	extra = malloc(SIZE);
	return arg;
}

static NOINLINE void *thread_first(size_t size)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, allocate_in_thread, NULL))
		return NULL;
	pthread_join(thread, NULL);
	return with_malloc(size);
}

static void not_by_another_thread(void **state)
{
	(void)state;
	check_between(thread_first, SIZE);
}

/* What the wrapper asks for itself, after another shim, has lost its type. */
static NOINLINE void *wrapper_first(size_t size)
{
	extra = announce(with_malloc, size, ~DATA_TOKEN);
	assert_typed(extra, size, ~DATA_TOKEN);
	return with_malloc(size);
}

static void a_nested_wrapper_takes_its_own_only(void **state)
{
	void *p = announce(wrapper_first, SIZE, DATA_TOKEN);

	(void)state;
	assert_untyped(p, SIZE);
	free(p);
	free(extra);
	extra = malloc(SIZE);
	assert_untyped(extra, SIZE);
	free(extra);
	extra = NULL;
}

/* A wrapper made of another one: what the inner one gives is the buffer. */
static NOINLINE void *wrapper_only(size_t size)
{
	void *p = announce(with_malloc, size, POINTER_TOKEN);

	KEEP(p);
	return p;
}

static void a_wrapper_of_a_wrapper_gives_the_inner_type(void **state)
{
	void *p = announce(wrapper_only, SIZE, DATA_TOKEN);

	(void)state;
	assert_typed(p, SIZE, POINTER_TOKEN);
	free(p);
}

static NOINLINE void *free_first(size_t size)
{
	free(extra);
	extra = malloc(1);
	return with_malloc(size);
}

static void a_free_in_between_is_no_request(void **state)
{
	(void)state;
	extra = malloc(SIZE);
	check_between(free_first, SIZE);
}

static void *old_block;

static NOINLINE void *grow_old(size_t size)
{
	void *p = realloc(old_block, size);

	KEEP(p);
	return p;
}

static void a_wrapped_realloc_follows_it(void **state)
{
	unsigned char *p;

	(void)state;
	old_block = __alloc_token_malloc(SIZE, DATA_TOKEN);
	memset(old_block, 0x66, SIZE);
	p = announce(grow_old, 2 * SIZE, POINTER_TOKEN);
	assert_typed(p, 2 * SIZE, POINTER_TOKEN);
	for (int i = 0; i < SIZE; i++)
		assert_int_equal(p[i], 0x66);
	free(p);
}

static NOINLINE void *refuse(size_t size)
{
	KEEP(size);
	return NULL;
}

static void an_unused_token_ends_with_the_shim(void **state)
{
	void *p;

	(void)state;
	assert_null(announce(refuse, SIZE, POINTER_TOKEN));
	p = with_malloc(SIZE);
	assert_untyped(p, SIZE);
	free(p);
}

static NOINLINE void *ask_for_too_much(size_t size)
{
	return malloc(size);
}

static void a_failed_request_leaves_nothing(void **state)
{
	void *p;

	(void)state;
	assert_null(announce(ask_for_too_much, PTRDIFF_MAX, POINTER_TOKEN));
	p = with_malloc(SIZE);
	assert_untyped(p, SIZE);
	free(p);
}

static void token_zero_announces_nothing(void **state)
{
	void *p = announce(with_malloc, SIZE, 0);

	(void)state;
	assert_untyped(p, SIZE);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_door_takes_it),
		cmocka_unit_test(only_once),
		cmocka_unit_test(not_by_a_smaller_request),
		cmocka_unit_test(not_by_a_much_larger_request),
		cmocka_unit_test(not_by_the_c_library),
		cmocka_unit_test(not_by_a_typed_request),
		cmocka_unit_test(not_far_below_the_shim),
		cmocka_unit_test(not_by_a_signal_handler),
		cmocka_unit_test(not_by_a_handler_on_its_own_stack),
		cmocka_unit_test(not_by_another_thread),
		cmocka_unit_test(a_nested_wrapper_takes_its_own_only),
		cmocka_unit_test(a_wrapper_of_a_wrapper_gives_the_inner_type),
		cmocka_unit_test(a_free_in_between_is_no_request),
		cmocka_unit_test(a_wrapped_realloc_follows_it),
		cmocka_unit_test(an_unused_token_ends_with_the_shim),
		cmocka_unit_test(a_failed_request_leaves_nothing),
		cmocka_unit_test(token_zero_announces_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
