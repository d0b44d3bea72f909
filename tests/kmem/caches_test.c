/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the contracts promise of kmem_caches and kmem_buckets beyond the suite
 * that the kernel passes, too.
 */
#include "tests/kmem/memory.h"
#include "tests/unit/unit.h"

#include "typeslab/slab.h"
#include "typeslab/whatis.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

/* GFP_NOWAIT, with TYPESLAB_ATOMIC_MAY_WAIT, too. */
#define GFP_HARDLY __GFP_KSWAPD_RECLAIM

/* As in the kernel, where the set could not be made. */
static void test_no_buckets(void **state)
{
	struct typeslab_whatis place;
	char *p = kmem_buckets_alloc(NULL, 100, GFP_KERNEL | __GFP_ZERO);
	char *q = kmem_buckets_valloc(NULL, 100, GFP_KERNEL);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	assert_true(is_all(p, 0, 100));
	assert_true(typeslab_whatis(p, &place));
	assert_int_not_equal(place.domain, TYPESLAB_CACHE);
	kfree(p);
	kvfree(q);
}

static void *alloc_in_set(kmem_buckets *set, size_t size)
{
	return kmem_buckets_alloc_track_caller(set, size, GFP_KERNEL);
}

/* Apart from other sets and from rows, one class like another. */
static void test_sets(void **state)
{
	kmem_buckets *a = kmem_buckets_create("a", 0, 0, 0, NULL);
	kmem_buckets *b = kmem_buckets_create("b", SLAB_PANIC, 0, 0, NULL);
	struct typeslab_whatis of_a, of_b, of_other;
	char *p, *q, *r;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	p = alloc_in_set(a, 100);
	q = alloc_in_set(b, 100);
	r = alloc_in_set(a, 200);
	assert_true(typeslab_whatis(p, &of_a) && typeslab_whatis(q, &of_b));
	assert_true(typeslab_whatis(r, &of_other));
	assert_int_equal(of_a.domain, TYPESLAB_CACHE);
	assert_int_not_equal(of_a.partition, of_b.partition);
	assert_int_not_equal(of_a.partition, of_other.partition);
	kfree(p);
	kfree(q);
	kfree(r);
	errno = 0;
	assert_null(kmem_buckets_create(NULL, 0, 0, 0, NULL));
	assert_int_equal(errno, EINVAL);
}

static void make_sets(void *unused)
{
	unsigned int nr = 0;

	(void)unused;
	while (kmem_buckets_create("many", 0, 0, 0, NULL))
		unit_must(++nr <= 1023);
	/* Some are of other tests. */
	unit_must(errno == ENOMEM && nr > 1000);
	kmem_buckets_create("many", SLAB_PANIC, 0, 0, NULL);
}

static void test_too_many_sets(void **state)
{
	struct unit_child child = unit_run(make_sets, NULL);

	(void)state;
	assert_non_null(
		strstr(child.text, "typeslab: cannot create cache: many\n"));
	assert_true(WIFSIGNALED(child.status));
}

/* Only what is called alike is the same cache again, to the last letter. */
static void test_names(void **state)
{
	static const char *const names[] = {
		"a name that is longer than what is shown of any name: first",
		"a name that is longer than what is shown of any name: second",
		"two words",
		"two_words",
	};
	struct kmem_cache *caches[array_size(names)];

	(void)state;
	for (size_t i = 0; i < array_size(names); i++) {
		char name[100];

		strcpy(name, names[i]);
		caches[i] = kmem_cache_create(name, 40, NULL, 0);
		memset(name, 'x', sizeof(name) - 1);
		assert_non_null(caches[i]);
		kmem_cache_destroy(caches[i]);
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(caches[i], caches[k]);
	}
	for (size_t i = 0; i < array_size(names); i++) {
		assert_ptr_equal(kmem_cache_create(names[i], 40, NULL, 0),
				 caches[i]);
		kmem_cache_destroy(caches[i]);
	}
}

static void test_refused_caches(void **state)
{
	struct kmem_cache_args odd = { .align = 24 },
			       far = { .align = 1 << 16 };

	(void)state;
	errno = 0;
	assert_null(kmem_cache_create(NULL, 40, NULL, 0));
	assert_int_equal(errno, EINVAL);
	assert_null(kmem_cache_create("none", 0, NULL, 0));
	assert_null(kmem_cache_create("huge", KMALLOC_MAX_SIZE + 1, NULL, 0));
	assert_null(kmem_cache_create("odd", 40, &odd, 0));
	assert_null(kmem_cache_create("far", 40, &far, 0));
}

/* Small objects share a line; nothing smaller than the flag says. */
static void test_line(void **state)
{
	static const size_t cases[][2] = {
		{ 8, 8 },   { 9, 16 },	{ 16, 16 },  { 17, 32 },  { 24, 32 },
		{ 33, 64 }, { 64, 64 }, { 100, 64 }, { 200, 64 },
	};

	(void)state;
	for (size_t i = 0; i < array_size(cases); i++) {
		struct kmem_cache *cache = kmem_cache_create(
			"line", cases[i][0], NULL, SLAB_HWCACHE_ALIGN);
		void *p[20];

		assert_non_null(cache);
		assert_int_equal(kmem_cache_size(cache), cases[i][0]);
		assert_int_equal(
			kmem_cache_alloc_bulk(cache, GFP_KERNEL, 20, p), 20);
		for (int k = 0; k < 20; k++)
			assert_true(is_aligned(p[k], cases[i][1]));
		kmem_cache_free_bulk(cache, 20, p);
		kmem_cache_destroy(cache);
	}
}

/* A freed object is as it was left, whatever goes back to the system. */
static void test_typesafe(void **state)
{
	struct kmem_cache *cache = kmem_cache_create("contract_rcu", 64, NULL,
						     SLAB_TYPESAFE_BY_RCU);
	uintptr_t p[2000];

	(void)state;
	for (size_t i = 0; i < array_size(p); i++) {
		p[i] = (uintptr_t)kmem_cache_alloc(cache, GFP_KERNEL);
		memset((void *)p[i], 0x42, 64);
	}
	for (size_t i = 0; i < array_size(p); i++)
		kmem_cache_free(cache, (void *)p[i]);
	kmem_cache_shrink(cache);
	malloc_trim(0);
	__asm__("" : : "r"(p) : "memory");
	for (size_t i = 0; i < array_size(p); i++)
		assert_true(is_all((void *)p[i], 0x42, 64));
	kmem_cache_destroy(cache);
}

#define NR_SHRUNK 64

static void *use_and_end(void *cache)
{
	static char *p[NR_SHRUNK];

	for (size_t i = 0; i < NR_SHRUNK; i++) {
		p[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		memset(p[i], 0x42, 4096);
	}
	for (size_t i = 0; i < NR_SHRUNK; i++)
		kmem_cache_free(cache, p[i]);
	return p;
}

/* What threads that ended left in stock goes back, too. */
static void test_shrink_after_threads(void **state)
{
	struct kmem_cache *cache =
		kmem_cache_create("contract_shrink", 4096, NULL, 0);
	pthread_t thread;
	void *ended;
	char **p;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, use_and_end, cache), 0);
	assert_int_equal(pthread_join(thread, &ended), 0);
	kmem_cache_shrink(cache);
	p = ended;
	__asm__("" : : "r"(p) : "memory");
	for (size_t i = 0; i < NR_SHRUNK; i++)
		assert_true(is_all(p[i], 0, 4096));
	kmem_cache_destroy(cache);
}

/* Who asks in bulk for more than can be had gets none, and loses none. */
static void fail_in_bulk(void *unused)
{
	static void *p[1 << 16];
	struct kmem_cache *cache =
		kmem_cache_create("contract_bulk", 512, NULL, 0);

	(void)unused;
	unit_must(!kmem_cache_alloc_bulk(cache, GFP_HARDLY, array_size(p), p));
	unit_must(!kmem_cache_alloc_bulk(cache, GFP_KERNEL, 0, p));
	unit_must(kmem_cache_alloc_bulk(cache, GFP_KERNEL, 9, p) == 9);
	kmem_cache_free_bulk(cache, 9, p);
	kmem_cache_destroy(cache);
	/* It is gone: else there would be another one, and words. */
	unit_must(kmem_cache_create("contract_bulk", 512, NULL, 0) == cache);
}

static void test_bulk(void **state)
{
	struct unit_child child = unit_run(fail_in_bulk, NULL);

	(void)state;
	assert_string_equal(child.text, "");
	assert_int_equal(child.status, 0);
}

/* The last byte that is the program's, and the first one that is not. */
static void copy_all(void *p)
{
	check_object_size(p, ksize(p), true);
	check_object_size((char *)p + ksize(p) - 1, 1, false);
}

static void copy_more(void *p)
{
	check_object_size(p, ksize(p) + 1, true);
}

static void copy_behind(void *p)
{
	check_object_size((char *)p + ksize(p), 1, true);
}

static void test_copy_to_the_end(void **state)
{
	/* A class whose slot has a byte behind it if there is a canary. */
	void *p = kmalloc(40, GFP_KERNEL), *large = kmalloc(50001, GFP_KERNEL);

	(void)state;
	unit_run_well(copy_all, p);
	unit_run_well(copy_all, large);
	assert_true(WIFSIGNALED(unit_run(copy_more, p).status));
	assert_true(WIFSIGNALED(unit_run(copy_more, large).status));
	if (ksize(p) % 16)
		assert_true(WIFSIGNALED(unit_run(copy_behind, p).status));
	kfree(p);
	kfree(large);
}

static unsigned int nr_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned int nr = 0;
	int c;

	unit_must(maps);
	while ((c = getc(maps)) != EOF)
		nr += c == '\n';
	fclose(maps);
	return nr;
}

/* With an object each; an extent is two mappings. */
static void use_up_caches(void)
{
	unsigned int before = nr_mappings();
	char name[20] = "cache";
	struct kmem_cache *cache;

	for (int i = 0;; i++) {
		snprintf(name, sizeof(name), "cache-%d", i);
		cache = kmem_cache_create(name, 64, NULL, 0);
		if (!cache)
			break;
		unit_must(i < TYPESLAB_CACHES_MAX);
		unit_must(kmem_cache_alloc(cache, GFP_KERNEL));
	}
	/* Guards of profile=hardened are mappings, too. */
	if (!UNIT_HAS_SANITIZER && !getenv("TYPESLAB"))
		unit_must(nr_mappings() - before <=
			  2 * TYPESLAB_CACHES_MAX + 50);
}

/* One cache too many: for the size, in words, and for good. */
static void account_without_caches(void *unused)
{
	(void)unused;
	unit_must(kmalloc(100, GFP_KERNEL_ACCOUNT));
	use_up_caches();
	unit_must(kmalloc(100, GFP_KERNEL));
	errno = 0;
	unit_must(!kmalloc(3072, GFP_KERNEL_ACCOUNT | __GFP_NOWARN));
	unit_must(errno == ENOMEM);
	unit_must(!kmalloc(3072, GFP_HARDLY | __GFP_ACCOUNT | __GFP_NOFAIL));
	kmalloc(3072, GFP_KERNEL_ACCOUNT | __GFP_NOFAIL);
	_exit(3);
}

static void test_too_many(void **state)
{
	struct unit_child child;

	(void)state;
	child = unit_run(account_without_caches, NULL);
	assert_non_null(strstr(child.text, "typeslab: no memory for what must "
					   "not fail: 3072 bytes\n"));
	assert_true(WIFSIGNALED(child.status));
	assert_int_equal(WTERMSIG(child.status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_buckets),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_too_many_sets),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refused_caches),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_typesafe),
		cmocka_unit_test(test_shrink_after_threads),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_copy_to_the_end),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
