/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_early: the heap serves before any constructor and after exit() began:
 * from .preinit_array, the first and the last constructor, a library that is
 * set up before everybody, atexit handlers, destructors. (api_ifunc: earlier.)
 *
 * "api_early exit" is the program whose way out is watched: it leaves with
 * EXIT_SEEN_ALL only if each stage of exit() could allocate.
 */
#include "../become.h"
#include "api.h"

#include <stdio.h>
#include <unistd.h>

#include "early.h"

enum stage {
	STAGE_PREINIT,
	STAGE_FIRST,
	STAGE_LAST,
	NR_STAGES,
};

enum {
	EXIT_SEEN_ALL = 42,
};

static const char *const stage_names[NR_STAGES] = { ".preinit_array",
						    "first constructor",
						    "constructor" };

static void *kept[NR_STAGES]; /* made in the stage, looked at in main */
static bool is_served[NR_STAGES];

static void visit(enum stage stage)
{
	is_served[stage] = early_use_heap();
	kept[stage] = malloc(100);
	if (kept[stage])
		api_fill(kept[stage], 100, stage);
}

static void in_preinit(void)
{
	visit(STAGE_PREINIT);
}

static void (*const preinit)(void)
	__attribute__((section(".preinit_array"), used)) = in_preinit;

static __attribute__((constructor(101))) void in_first(void)
{
	visit(STAGE_FIRST);
}

static __attribute__((constructor)) void in_last(void)
{
	visit(STAGE_LAST);
}

/* The way out, in the order glibc takes it. */
static unsigned int nr_seen_at_exit;
static bool is_exit_watched;

static void at_exit(void)
{
	for (unsigned int i = 0; i < NR_STAGES; i++)
		free(kept[i]);
	nr_seen_at_exit += early_use_heap();
}

static __attribute__((destructor)) void in_first_destructor(void)
{
	if (is_exit_watched)
		nr_seen_at_exit += early_use_heap();
}

static __attribute__((destructor(101))) void in_last_destructor(void)
{
	if (!is_exit_watched)
		return;
	nr_seen_at_exit += early_use_heap();
	early_leave_with(nr_seen_at_exit == 3 ? EXIT_SEEN_ALL : 1);
}

static int watch_exit(void)
{
	is_exit_watched = true;
	atexit(at_exit);
	return 0;
}

static void the_heap_serves(void **state)
{
	size_t stage = *(size_t *)*state;

	assert_true(is_served[stage]);
	assert_non_null(kept[stage]);
	assert_true(api_is_filled(kept[stage], 100, stage));
	assert_true(malloc_usable_size(kept[stage]) >= 100);
	kept[stage] = realloc(kept[stage], 5000);
	assert_non_null(kept[stage]);
	assert_true(api_is_filled(kept[stage], 100, stage));
}

static void the_heap_serves_a_library_set_up_first(void **state)
{
	char *block = early_block();

	(void)state;
	assert_non_null(block);
	assert_string_equal(block, EARLY_TEXT);
	free(block);
}

static int run_exit(void)
{
	become_self("exit");
	return 99;
}

static void the_heap_serves_until_the_end(void **state)
{
	(void)state;
	assert_int_equal(api_in_child(run_exit), EXIT_SEEN_ALL);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[NR_STAGES + 2] = {
		[NR_STAGES] = cmocka_unit_test(
			the_heap_serves_a_library_set_up_first),
		[NR_STAGES + 1] =
			cmocka_unit_test(the_heap_serves_until_the_end),
	};
	size_t stages[NR_STAGES];

	if (argc > 1 && !strcmp(argv[1], "exit"))
		return watch_exit();
	for (size_t i = 0; i < NR_STAGES; i++) {
		stages[i] = i;
		tests[i] = (struct CMUnitTest){
			.name = stage_names[i],
			.test_func = the_heap_serves,
			.initial_state = &stages[i],
		};
	}
	return cmocka_run_group_tests_name("early", tests, NULL, NULL);
}
