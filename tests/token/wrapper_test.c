/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrapper_test: a program with its own xmalloc, compiled in extended mode.
 *
 * The compiler itself calls the shims here; blocks must lie where a direct
 * malloc of the same type lies, those without a type in unknown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "place.h"
#include "sites.h"
#include "wrapper.h"

#define HEAD 16

/* The wrapper's header lies before what it gives. */
static struct typeslab_whatis place_of_wrapped(void *p)
{
	return place_of((char *)p - HEAD, SITE_SIZE + HEAD);
}

static void free_wrapped(void *p)
{
	free((char *)p - HEAD);
}

static void check(void *wrapped, void *direct, enum typeslab_domain domain)
{
	struct typeslab_whatis place = place_of_wrapped(wrapped);

	assert_domain(place, domain);
	assert_true(same_partition(place, place_of(direct, SITE_SIZE)));
	free_wrapped(wrapped);
	free(direct);
}

static void wrappers_keep_their_callers_type(void **state)
{
	(void)state;
	check((struct node *)xmalloc(sizeof(struct node)),
	      (struct node *)malloc(sizeof(struct node)), TYPESLAB_POINTER);
	check((struct book *)xmalloc(3 * sizeof(struct book)),
	      (struct book *)malloc(sizeof(struct book)), TYPESLAB_DATA);
	check((struct pixel *)xcalloc(4, sizeof(struct pixel)),
	      (struct pixel *)malloc(sizeof(struct pixel)), TYPESLAB_DATA);
	check((struct job *)xcalloc(4000, sizeof(struct job)),
	      (struct job *)malloc(sizeof(struct job)), TYPESLAB_POINTER);
	check((struct job *)xrealloc(NULL, sizeof(struct job)),
	      (struct job *)malloc(sizeof(struct job)), TYPESLAB_POINTER);
}

static void a_wrapped_realloc_moves_the_block(void **state)
{
	struct book *book = (struct book *)xmalloc(sizeof(struct book));
	struct node *node;

	(void)state;
	memset(book, 0x42, sizeof(*book));
	node = (struct node *)xrealloc(book, 2 * sizeof(struct node));
	for (size_t i = 0; i < sizeof(*book); i++)
		assert_int_equal(((unsigned char *)node)[i], 0x42);
	check(node, (struct node *)malloc(sizeof(struct node)),
	      TYPESLAB_POINTER);
}

/* Clang looks through a variable's initialiser, but not through a parameter. */
static __attribute__((noinline)) void *blind_xmalloc(size_t size)
{
	void *p = xmalloc(size);

	return p;
}

static void calls_without_a_type_stay_unknown(void **state)
{
	void *blind = blind_xmalloc(SITE_SIZE);
	char *text;

	(void)state;
	assert_domain(place_of_wrapped(blind), TYPESLAB_UNKNOWN);
	free_wrapped(blind);
	/* A wrapper round the wrapper, inside the program's own file. */
	text = xstrdup("a string that is long enough to pass for the struct");
	assert_domain(place_of_wrapped(text), TYPESLAB_UNKNOWN);
	free_wrapped(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrappers_keep_their_callers_type),
		cmocka_unit_test(a_wrapped_realloc_moves_the_block),
		cmocka_unit_test(calls_without_a_type_stay_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
