/* SPDX-License-Identifier: Apache-2.0 */
/* What the slab API reports, word for word. */
#include "tests/unit/unit.h"

#include "typeslab/slab.h"
#include "typeslab/whatis.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

struct fault_item {
	struct fault_item *next;
	char shown[8];
	long hidden;
};

static struct kmem_cache *items, *others;

static int create_caches(void **state)
{
	(void)state;
	items = KMEM_CACHE_USERCOPY(fault_item, 0, shown);
	others = kmem_cache_create("others", 24, NULL, 0);
	assert_non_null(items);
	assert_non_null(others);
	return 0;
}

/*
 * The child's text, with addresses as 0x and slot numbers as 0, which are
 * different each time.
 */
static const char *blank(char *text)
{
	char *to = text, *from = text;

	while (*from) {
		if (!strncmp(from, "0x", 2)) {
			*to++ = *from++;
			*to++ = *from++;
			while (strchr("0123456789abcdef", *from))
				from++;
		}
		if (!strncmp(from, "slot ", 5)) {
			memcpy(to, "slot 0", 6);
			to += 6;
			from += 5 + strspn(from + 5, "0123456789");
		}
		*to++ = *from++;
	}
	*to = 0;
	return text;
}

static void must_die(void (*body)(void *), const char *text)
{
	struct unit_child child = unit_run(body, NULL);

	unit_forget_more(child.text);
	assert_string_equal(blank(child.text), text);
	assert_true(WIFSIGNALED(child.status));
	assert_int_equal(WTERMSIG(child.status), SIGABRT);
}

static void free_to_other(void *unused)
{
	(void)unused;
	kmem_cache_free(others, kmem_cache_alloc(items, GFP_KERNEL));
}

static void free_foreign(void *unused)
{
	int local;

	(void)unused;
	kmem_cache_free(items, &local);
}

static void free_kmalloced(void *unused)
{
	(void)unused;
	kmem_cache_free(others, kmalloc_obj(long));
}

static void free_twice(void *unused)
{
	void *p = kmem_cache_alloc(items, GFP_KERNEL);

	(void)unused;
	kmem_cache_free(items, p);
	kmem_cache_free(items, p);
}

static void free_twice_nolock(void *unused)
{
	void *p = kmem_cache_alloc(items, GFP_KERNEL);

	(void)unused;
	kfree_nolock(p);
	kfree_nolock(p);
}

static void free_nolock_inner(void *unused)
{
	(void)unused;
	kfree_nolock((char *)kmem_cache_alloc(items, GFP_KERNEL) + 8);
}

/* C23; a C library may not know it yet. */
extern void free_sized(void *p, size_t size) __attribute__((__weak__));

static void free_too_much(void *unused)
{
	(void)unused;
	free_sized(kmem_cache_alloc(items, GFP_KERNEL), 25);
}

static void test_sized(void **state)
{
	(void)state;
	if (UNIT_HAS_SANITIZER || !free_sized)
		skip(); /* free_sized() is not ours */
	must_die(free_too_much, "typeslab: wrong size free: 0x (24 bytes, "
				"fault_item, slot 0) as 25 bytes\n");
}

static void test_frees(void **state)
{
	(void)state;
	must_die(free_to_other, "typeslab: wrong cache free: 0x (24 bytes, "
				"fault_item, slot 0) to others\n");
	must_die(free_foreign,
		 "typeslab: foreign free: 0x (not in this heap)\n");
	must_die(free_twice,
		 "typeslab: double free: 0x (24 bytes, fault_item, slot 0)\n");
	must_die(free_twice_nolock,
		 "typeslab: double free: 0x (24 bytes, fault_item, slot 0)\n");
	must_die(free_nolock_inner,
		 "typeslab: inner free: 0x (24 bytes, fault_item, slot 0)\n");
	assert_non_null(strstr(unit_run(free_kmalloced, NULL).text,
			       "typeslab: wrong cache free: 0x"));
}

/* As a processor that ignores the top byte lets a program do. */
static void *tag(void *p)
{
	return (void *)((uintptr_t)p | 0x5aul << 56);
}

static void free_tagged_to_other(void *unused)
{
	(void)unused;
	kmem_cache_free(others, tag(kmem_cache_alloc(items, GFP_KERNEL)));
}

static void free_tagged_twice_nolock(void *unused)
{
	void *p = kmem_cache_alloc(items, GFP_KERNEL);

	(void)unused;
	kfree_nolock(tag(p));
	kfree_nolock(tag(p));
}

static void copy_tagged(void *unused)
{
	(void)unused;
	check_object_size(tag(kmem_cache_alloc(others, GFP_KERNEL)), 1, true);
}

/* Each takes what it gave. */
static void use_tagged(void *unused)
{
	struct fault_item *item = kmem_cache_alloc(items, GFP_KERNEL);
	void *p = kmalloc(64, GFP_KERNEL);
	char *q;

	(void)unused;
	check_object_size(tag(item->shown), sizeof(item->shown), true);
	kmem_cache_free(items, tag(item));
	unit_must(ksize(tag(p)) == ksize(p));
	kfree_nolock(tag(p));
	kfree(tag(kmalloc(64, GFP_KERNEL)));
	kfree_sensitive(tag(kmalloc(64, GFP_KERNEL)));
	p = strcpy(kmalloc(64, GFP_KERNEL), "kept");
	unit_must(krealloc_node(tag(p), 50, GFP_KERNEL | __GFP_ZERO, 0) ==
		  tag(p));
	q = krealloc(tag(p), 5000, GFP_KERNEL);
	unit_must(!strcmp(q, "kept"));
	kfree(krealloc(tag(q), 9000, GFP_NOWAIT));
}

static void test_tagged(void **state)
{
	(void)state;
	unit_run_well(use_tagged, NULL);
	must_die(free_tagged_to_other,
		 "typeslab: wrong cache free: 0x (24 bytes, fault_item, slot "
		 "0) to others\n");
	must_die(free_tagged_twice_nolock,
		 "typeslab: double free: 0x (24 bytes, fault_item, slot 0)\n");
	must_die(copy_tagged, "typeslab: bad copy to user: 0x (24 bytes, "
			      "others, slot 0), 1 bytes\n");
	assert_non_null(strstr(unit_run(copy_tagged, NULL).text, ": 0x5a"));
}

static void use_destroyed(void *unused)
{
	(void)unused;
	kmem_cache_destroy(others);
	kmem_cache_alloc(others, GFP_KERNEL);
}

static void destroy_twice(void *unused)
{
	(void)unused;
	kmem_cache_destroy(others);
	kmem_cache_destroy(others);
}

/* Of row 0, whose bins begin where all bins do. */
static void *large_of_row_0(void)
{
	static struct typeslab_site sites[4096];
	struct typeslab_whatis place;

	for (size_t i = 0; i < array_size(sites); i++) {
		const struct typeslab_from from = { 0, &sites[i] };
		void *p = typeslab_kmalloc(100000, GFP_KERNEL, from);

		unit_must(typeslab_whatis(p, &place));
		if (place.domain == TYPESLAB_UNKNOWN && !place.partition)
			return p;
		kfree(p);
	}
	return NULL;
}

static void free_to_destroyed(void *unused)
{
	void *p = large_of_row_0();

	(void)unused;
	unit_must(p);
	kmem_cache_destroy(others);
	kmem_cache_free(others, p);
}

static void test_destroyed(void **state)
{
	(void)state;
	must_die(free_to_destroyed, "typeslab: wrong cache free: 0x (102400 "
				    "bytes, unknown-00, slot 0) to others\n");
	must_die(use_destroyed, "typeslab: destroyed cache: others\n");
	must_die(destroy_twice, "typeslab: destroyed cache: others\n");
}

/* Says so, and the cache and its objects serve on. */
static void destroy_in_use(void *unused)
{
	void *p[3];

	(void)unused;
	unit_must(kmem_cache_alloc_bulk(others, GFP_KERNEL, 3, p) == 3);
	kmem_cache_destroy(others);
	kmem_cache_free_bulk(others, 3, p);
	kmem_cache_free(others, kmem_cache_alloc(others, GFP_KERNEL));
	kmem_cache_destroy(others);
	unit_must(kmem_cache_create("others", 24, NULL, 0) == others);
}

static void test_objects_left(void **state)
{
	struct unit_child child = unit_run(destroy_in_use, NULL);

	(void)state;
	assert_string_equal(
		child.text,
		"typeslab: cache not destroyed: others, objects left: 3\n");
	assert_int_equal(child.status, 0);
}

static void copy_shown(void *unused)
{
	struct fault_item *p = kmem_cache_alloc(items, GFP_KERNEL);
	char *all = kmalloc(40, GFP_KERNEL), local[4];

	(void)unused;
	check_object_size(p->shown, sizeof(p->shown), true);
	check_object_size(p->shown + 7, 1, false);
	check_object_size(&p->hidden, 0, true);
	check_object_size(all, 40, true);
	check_object_size(local, 4, true);
}

static void copy_hidden(void *unused)
{
	struct fault_item *p = kmem_cache_alloc(items, GFP_KERNEL);

	(void)unused;
	check_object_size(&p->hidden, 1, true);
}

static void copy_before(void *unused)
{
	struct fault_item *p = kmem_cache_alloc(items, GFP_KERNEL);

	(void)unused;
	check_object_size((char *)p + offsetof(struct fault_item, shown) - 1, 2,
			  false);
}

static void copy_without_region(void *unused)
{
	(void)unused;
	check_object_size(kmem_cache_alloc(others, GFP_KERNEL), 1, true);
}

static void copy_past_end(void *unused)
{
	(void)unused;
	check_object_size(kmem_cache_alloc(items, GFP_KERNEL), 25, true);
}

static void copy_freed(void *unused)
{
	struct fault_item *p = kmem_cache_alloc(items, GFP_KERNEL);

	(void)unused;
	kmem_cache_free(items, p);
	check_object_size(p->shown, 1, true);
}

#define LARGE (100ul << 10)

/* Within a large object nothing but its beginning tells what was freed. */
static void copy_freed_large(void *unused)
{
	char *p = kmalloc(LARGE, GFP_KERNEL);

	(void)unused;
	kfree(p);
	check_object_size(p + LARGE / 2, 16, true);
}

/* The span is longer than the object. */
static void copy_behind_large(void *unused)
{
	char *p = kmalloc(LARGE, GFP_KERNEL);

	(void)unused;
	check_object_size(p + LARGE + 16, 16, false);
}

static void test_usercopy(void **state)
{
	(void)state;
	unit_run_well(copy_shown, NULL);
	must_die(copy_hidden, "typeslab: bad copy to user: 0x (24 bytes, "
			      "fault_item, slot 0), 1 bytes\n");
	must_die(copy_before, "typeslab: bad copy from user: 0x (24 bytes, "
			      "fault_item, slot 0), 2 bytes\n");
	must_die(copy_without_region, "typeslab: bad copy to user: 0x (24 "
				      "bytes, others, slot 0), 1 bytes\n");
	must_die(copy_past_end, "typeslab: bad copy to user: 0x (24 bytes, "
				"fault_item, slot 0), 25 bytes\n");
	must_die(copy_freed, "typeslab: bad copy to user: 0x (24 bytes, "
			     "fault_item, slot 0), 1 bytes\n");
	must_die(copy_freed_large, "typeslab: bad copy to user: 0x (0 bytes, "
				   "no object, slot 0), 16 bytes\n");
	must_die(copy_behind_large, "typeslab: bad copy from user: 0x (0 "
				    "bytes, no object, slot 0), 16 bytes\n");
}

static void limit_memory(void)
{
	const struct rlimit least = { 1, 1 };

	setrlimit(RLIMIT_DATA, &least);
}

/* Nobody else is there to free something. */
static void never_fail(void *unused)
{
	(void)unused;
	limit_memory();
	for (;;)
		unit_must(kmalloc(100000, GFP_KERNEL | __GFP_NOFAIL));
}

/* Once for all failures, and not for who does not want to know. */
static void ask_too_much(void *gfp)
{
	limit_memory();
	while (kmalloc(100000, *(gfp_t *)gfp))
		;
	unit_must(!kmalloc(100000, *(gfp_t *)gfp));
	unit_must(!kmalloc(KMALLOC_MAX_SIZE + 1, *(gfp_t *)gfp));
	unit_must(!kmalloc(KMALLOC_MAX_SIZE + 1, *(gfp_t *)gfp | __GFP_NOFAIL));
}

static void test_no_memory(void **state)
{
	gfp_t loud = GFP_KERNEL, quiet = GFP_KERNEL | __GFP_NOWARN;

	(void)state;
	if (UNIT_HAS_TSAN)
		skip(); /* it would need the memory first */
	must_die(never_fail, "typeslab: no memory for what must not fail: "
			     "100000 bytes\n");
	assert_string_equal(unit_run(ask_too_much, &loud).text,
			    "typeslab: no memory: 100000 bytes\n");
	assert_string_equal(unit_run(ask_too_much, &quiet).text, "");
}

static void panic(void *unused)
{
	(void)unused;
	kmem_cache_create("nothing", 0, NULL, SLAB_PANIC);
}

/* A name has no say in what a line looks like, and where it ends. */
static void panic_odd(void *unused)
{
	(void)unused;
	kmem_cache_create("a\ntypeslab: a name that is longer than names are",
			  0, NULL, SLAB_PANIC);
}

static void test_panic(void **state)
{
	(void)state;
	must_die(panic, "typeslab: cannot create cache: nothing\n");
	must_die(panic_odd, "typeslab: cannot create cache: a_typeslab:_a_name_"
			    "that_is_longer_than_names_ar\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frees),
		cmocka_unit_test(test_sized),
		cmocka_unit_test(test_tagged),
		cmocka_unit_test(test_destroyed),
		cmocka_unit_test(test_objects_left),
		cmocka_unit_test(test_usercopy),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_panic),
	};

	return cmocka_run_group_tests(tests, create_caches, NULL);
}
