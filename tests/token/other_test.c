/* SPDX-License-Identifier: Apache-2.0 */
/*
 * other: a library with types in a program that was built without: its malloc
 * is the C library's unless the program is linked with ours.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NR_WAYS 5

void *other_allocate(int how, void *old);

/* In a program at a fixed place this is a stub of its own. */
static void *(*volatile allocate)(size_t size) = malloc;

static int is_other;

/* What the first allocation with a type says on standard error. */
static void first_is_told(void **state)
{
	static const char line[] =
		"typeslab: another malloc: types are lost; link the program"
		" with libtypeslab or preload it\n";
	char text[256] = "";
	int saved = dup(STDERR_FILENO), ends[2];
	void *p[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	p[0] = other_allocate(0, NULL);
	p[1] = other_allocate(0, NULL);
	dup2(saved, STDERR_FILENO);
	close(ends[1]);
	assert_true(read(ends[0], text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, is_other ? line : "");
	close(ends[0]);
	close(saved);
	free(p[0]);
	free(p[1]);
}

/* Whoever's malloc it is, what one side allocates the other frees. */
static void blocks_go_round(void **state)
{
	char *old = allocate(100);

	(void)state;
	assert_non_null(old);
	strcpy(old, "kept");
	for (int round = 0; round < 1000; round++) {
		int how = round % NR_WAYS;
		char *p = other_allocate(how, how == 2 ? old : NULL);

		assert_non_null(p);
		assert_true(malloc_usable_size(p) >= 48);
		if (how == 1 || how == 4) {
			for (int i = 0; i < 1920; i++)
				assert_int_equal(p[i], 0);
		}
		if (how == 3)
			assert_int_equal((uintptr_t)p % 4096, 0);
		if (how == 2) {
			assert_string_equal(p, "kept");
			old = p;
			continue;
		}
		memset(p, 'x', 48);
		free(p);
	}
	free(old);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_is_told),
		cmocka_unit_test(blocks_go_round),
	};

	is_other = argc > 1 && !strcmp(argv[1], "other");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
