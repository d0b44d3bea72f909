/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_ifunc: the earliest caller there is. The loader runs an ifunc resolver
 * while it relocates the program: every library is mapped and relocated, but
 * the main thread's TLS holds zeros, not yet the initial values, and no
 * constructor has run. What the resolver allocated must outlive all that.
 */
#include "api.h"

#include "early.h"

static bool is_served;
static void *kept;

static int answer(void)
{
	return 42;
}

static int (*resolve_answer(void))(void)
{
	is_served = early_use_heap();
	kept = malloc(100);
	if (kept)
		api_fill(kept, 100, 1);
	return answer;
}

/* Not static: the call must go through a relocation. */
int ifunc_answer(void) __attribute__((ifunc("resolve_answer")));

static void the_heap_serves_an_ifunc_resolver(void **state)
{
	(void)state;
	assert_int_equal(ifunc_answer(), 42);
	assert_true(is_served);
	assert_non_null(kept);
	assert_true(api_is_filled(kept, 100, 1));
	assert_true(malloc_usable_size(kept) >= 100);
	kept = realloc(kept, 5000);
	assert_true(api_is_filled(kept, 100, 1));
	free(kept);
	assert_true(early_use_heap());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_heap_serves_an_ifunc_resolver),
	};

	return cmocka_run_group_tests_name("ifunc", tests, NULL, NULL);
}
