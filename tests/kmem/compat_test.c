/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Under profile=compat each fault of the slab API is told in one line, the
 * call does nothing, and the program goes on. To be run with
 * TYPESLAB=profile=compat.
 */
#include "tests/unit/unit.h"

#include "typeslab/slab.h"

#include <errno.h>

struct compat_item {
	struct compat_item *next;
	char shown[8];
};

static struct kmem_cache *items, *others;

static void free_twice(void)
{
	void *p = kmem_cache_alloc(items, GFP_KERNEL);

	kmem_cache_free(items, p);
	kmem_cache_free(items, p);
}

static void free_to_other(void)
{
	void *p = kmem_cache_alloc(items, GFP_KERNEL);

	kmem_cache_free(others, p);
	kmem_cache_free(items, p);
}

static void free_sensitive(void)
{
	char local[64] = "kept";

	kfree_sensitive(local + 1);
	unit_must(!strcmp(local, "kept"));
}

static void free_nolock_twice(void)
{
	void *p = kmem_cache_alloc(items, GFP_KERNEL);

	kfree_nolock(p);
	kfree_nolock(p);
}

static void realloc_foreign(void)
{
	char local[64];

	errno = 0;
	unit_must(!krealloc(local, 10, GFP_KERNEL));
	unit_must(errno == EINVAL);
}

static void use_destroyed(void)
{
	struct kmem_cache *cache = kmem_cache_create("gone", 40, NULL, 0);

	kmem_cache_destroy(cache);
	errno = 0;
	unit_must(!kmem_cache_alloc(cache, GFP_KERNEL));
	unit_must(errno == EINVAL);
}

static void destroy_twice(void)
{
	struct kmem_cache *cache = kmem_cache_create("gone", 40, NULL, 0);

	kmem_cache_destroy(cache);
	kmem_cache_destroy(cache);
}

static void copy_hidden(void)
{
	void *p = kmem_cache_alloc(items, GFP_KERNEL);

	check_object_size(p, 1, true);
	kmem_cache_free(items, p);
}

static const struct {
	void (*fault)(void);
	const char *words;
} cases[] = {
	{ free_twice, "typeslab: double free: " },
	{ free_to_other, "typeslab: wrong cache free: " },
	{ free_sensitive, "typeslab: foreign free: " },
	{ free_nolock_twice, "typeslab: double free: " },
	{ realloc_foreign, "typeslab: foreign realloc: " },
	{ use_destroyed, "typeslab: destroyed cache: gone\n" },
	{ destroy_twice, "typeslab: destroyed cache: gone\n" },
	{ copy_hidden, "typeslab: bad copy to user: " },
};

static void run(void *number)
{
	void *p;

	cases[*(size_t *)number].fault();
	p = kmem_cache_alloc(items, GFP_KERNEL);
	unit_must(p);
	kmem_cache_free(items, p);
}

/* Lines of faults, which are named by two words; what explains them by one. */
static unsigned int nr_faults(const char *text)
{
	static const char head[] = "typeslab: ";
	unsigned int nr = 0;

	while ((text = strstr(text, head))) {
		text += strlen(head);
		nr += text[strcspn(text, " :")] == ' ';
	}
	return nr;
}

static void test_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		struct unit_child child = unit_run(run, &i);
		size_t length = strlen(cases[i].words);

		assert_int_equal(strncmp(child.text, cases[i].words, length),
				 0);
		assert_int_equal(nr_faults(child.text), 1);
		assert_int_equal(child.status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_line),
	};

	items = KMEM_CACHE_USERCOPY(compat_item, 0, shown);
	others = kmem_cache_create("others", 16, NULL, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
