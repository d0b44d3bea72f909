// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * KUnit test of the slab API: what each function of kmalloc's family and of
 * kmem_cache promises, in the kernel and on a heap in user space.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

struct st_object {
	struct st_object *next;
	unsigned long a, b;
};

struct st_flex {
	u32 count;
	u16 tail[];
};

static size_t hide(size_t n)
{
	OPTIMIZER_HIDE_VAR(n);
	return n;
}

static bool is_all(const void *p, u8 value, size_t size)
{
	const u8 *bytes = p;
	size_t i;

	for (i = 0; i < size; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* Sizes round each boundary of a cache, and beyond the largest. */
static const size_t sizes[] = {
	1,    7,    8,	   9,	  15,	 16,	17,	63,	 64,
	65,   96,   97,	   127,	  128,	 129,	192,	193,	 255,
	256,  257,  512,   1000,  1024,	 2048,	4095,	4096,	 4097,
	8192, 8193, 16384, 32768, 32769, 65536, 100000, 1 << 20,
};

static void test_sizes(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = hide(sizes[i]);
		size_t align = size & -size;
		u8 *p = kmalloc(size, GFP_KERNEL);
		u8 *z = kzalloc(size, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_ASSERT_NOT_NULL(test, z);
		KUNIT_EXPECT_GE(test, ksize(p), size);
		KUNIT_EXPECT_EQ(test, ksize(p), kmalloc_size_roundup(size));
		KUNIT_EXPECT_EQ(test, (unsigned long)p & (align - 1), 0UL);
		KUNIT_EXPECT_TRUE(test, is_all(z, 0, size));
		memset(p, 0xa5, size);
		memset(z, 0x5a, size);
		KUNIT_EXPECT_TRUE(test, is_all(p, 0xa5, size));
		kfree(z);
		kfree_sensitive(p);
	}
}

static void test_nothing(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, kmalloc(hide(0), GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kcalloc(hide(0), 8, GFP_KERNEL),
			    ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kvmalloc(hide(0), GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, ksize(ZERO_SIZE_PTR), 0);
	KUNIT_EXPECT_EQ(test, ksize(NULL), 0);
	KUNIT_EXPECT_TRUE(test, ZERO_OR_NULL_PTR(NULL));
	KUNIT_EXPECT_TRUE(test, ZERO_OR_NULL_PTR(ZERO_SIZE_PTR));
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(0), 0);
	kfree(NULL);
	kfree(ZERO_SIZE_PTR);
	kvfree(NULL);
	kfree_sensitive(NULL);
}

static void test_overflow(struct kunit *test)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN;
	size_t half = hide((size_t)1 << 63), two = hide(2);
	struct st_flex *f = NULL;

	KUNIT_EXPECT_NULL(test, kmalloc_array(half, 2, gfp));
	KUNIT_EXPECT_NULL(test, kcalloc(half, two, gfp));
	KUNIT_EXPECT_NULL(test,
			  kmalloc_array_node(half, two, gfp, NUMA_NO_NODE));
	KUNIT_EXPECT_NULL(test, kcalloc_node(half, two, gfp, NUMA_NO_NODE));
	KUNIT_EXPECT_NULL(test, kvmalloc_array(half, two, gfp));
	KUNIT_EXPECT_NULL(test, kvcalloc(half, two, gfp));
	KUNIT_EXPECT_NULL(test, krealloc_array(NULL, half, two, gfp));
	KUNIT_EXPECT_NULL(test, kmalloc_objs(struct st_object, half, gfp));
	KUNIT_EXPECT_NULL(test, kvzalloc_objs(struct st_object, half, gfp));
	KUNIT_EXPECT_NULL(test, kmalloc_flex(*f, tail, half, gfp));
	KUNIT_EXPECT_NULL(test, kmalloc(hide(KMALLOC_MAX_SIZE + 1), gfp));
	KUNIT_EXPECT_NULL(test, kvmalloc(hide((size_t)INT_MAX + 1), gfp));
}

static void test_arrays(struct kunit *test)
{
	size_t n = hide(33);
	u32 *p[] = {
		kmalloc_array(n, 4, GFP_KERNEL),
		kmalloc_array_node(n, 4, GFP_KERNEL, 0),
		kvmalloc_array(n, 4, GFP_KERNEL),
		kcalloc(n, 4, GFP_KERNEL),
		kcalloc_node(n, 4, GFP_KERNEL, NUMA_NO_NODE),
		kvcalloc(n, 4, GFP_KERNEL),
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(p); i++) {
		KUNIT_ASSERT_NOT_NULL(test, p[i]);
		KUNIT_EXPECT_GE(test, ksize(p[i]), n * 4);
		if (i >= 3)
			KUNIT_EXPECT_TRUE(test, is_all(p[i], 0, n * 4));
		memset(p[i], 1, n * 4);
		kvfree(p[i]);
	}
}

static void test_nodes(struct kunit *test)
{
	size_t n = hide(100);
	void *p[] = {
		kmalloc_node(n, GFP_KERNEL, 0),
		kzalloc_node(n, GFP_KERNEL, NUMA_NO_NODE),
		kmalloc_track_caller(n, GFP_KERNEL),
		kmalloc_node_track_caller(n, GFP_KERNEL, 0),
		kvmalloc_node(n, GFP_KERNEL, 0),
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(p); i++) {
		KUNIT_ASSERT_NOT_NULL(test, p[i]);
		memset(p[i], 1, n);
	}
	KUNIT_EXPECT_GE(test, ksize(p[1]), n);
	kfree_bulk(ARRAY_SIZE(p), p);
}

static void test_objs(struct kunit *test)
{
	struct st_object *o = kzalloc_obj(*o);
	struct st_object *p = kmalloc_objs(*p, 3, GFP_KERNEL);
	struct st_flex *f = kzalloc_flex(*f, tail, 100);
	u64 *q = kvzalloc_obj(u64);
	struct st_object **r = kvmalloc_objs(struct st_object *, hide(5));

	KUNIT_ASSERT_NOT_NULL(test, o);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_EXPECT_TRUE(test, is_all(o, 0, sizeof(*o)));
	KUNIT_EXPECT_GE(test, ksize(p), 3 * sizeof(*p));
	KUNIT_EXPECT_GE(test, ksize(f), sizeof(*f) + 200);
	KUNIT_EXPECT_TRUE(test, is_all(f, 0, sizeof(*f) + 200));
	KUNIT_EXPECT_EQ(test, *q, 0);
	kfree(o);
	kfree(p);
	kfree(f);
	kvfree(q);
	kvfree(r);
}

static void test_krealloc(struct kunit *test)
{
	u8 *p = krealloc(NULL, hide(10), GFP_KERNEL), *q;
	size_t size;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 7, 10);
	/* What fits stays where it is. */
	q = krealloc(p, hide(ksize(p)), GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, p, q);
	for (size = 10; size < 300000; size = size * 3 / 2) {
		p = krealloc(q, size * 3 / 2, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_ASSERT_TRUE(test, is_all(p, 7, size));
		memset(p, 7, size * 3 / 2);
		q = p;
	}
	/* What cannot be leaves the object as it was. */
	KUNIT_EXPECT_NULL(test, krealloc(p, hide(KMALLOC_MAX_SIZE + 1),
					 GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_TRUE(test, is_all(p, 7, size));
	KUNIT_EXPECT_PTR_EQ(test, krealloc(p, hide(0), GFP_KERNEL),
			    ZERO_SIZE_PTR);
	p = krealloc(ZERO_SIZE_PTR, hide(8), GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	kfree(p);
}

static void test_krealloc_zero(struct kunit *test)
{
	u8 *p = kzalloc(hide(20), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 3, 20);
	p = krealloc(p, hide(500), GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_all(p, 3, 20));
	KUNIT_EXPECT_TRUE(test, is_all(p + 20, 0, 480));
	p = krealloc_array(p, 600, 8, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_all(p + 20, 0, 4780));
	kfree(p);
}

static void test_kvrealloc(struct kunit *test)
{
	u8 *p = kvrealloc(NULL, hide(100), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 9, 100);
	p = kvrealloc(p, hide(5 << 20), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_all(p, 9, 100));
	memset(p, 9, 5 << 20);
	p = kvrealloc(p, hide(6 << 20), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_all(p, 9, 5 << 20));
	kvfree(p);
	p = kvzalloc(hide(5 << 20), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_all(p, 0, 5 << 20));
	kvfree_sensitive(p, 5 << 20);
}

static void test_copies(struct kunit *test)
{
	char text[] = "what is copied";
	struct st_object objects[3] = { { .a = 1 }, { .b = 2 }, { .a = 3 } };
	void *p = kmemdup(objects, sizeof(objects), GFP_KERNEL);
	void *q = kmemdup_array(objects, 3, sizeof(objects[0]), GFP_KERNEL);
	void *r = kvmemdup(objects, sizeof(objects), GFP_KERNEL);
	char *s = kstrdup(text, GFP_KERNEL);
	char *t = kstrndup(text, 4, GFP_KERNEL);
	char *u = kstrndup(text, 400, GFP_KERNEL);
	char *v = kmemdup_nul(text, 7, GFP_KERNEL);
	char *w = kasprintf(GFP_KERNEL, "%s, %d times", text, 5);

	KUNIT_EXPECT_MEMEQ(test, p, objects, sizeof(objects));
	KUNIT_EXPECT_MEMEQ(test, q, objects, sizeof(objects));
	KUNIT_EXPECT_MEMEQ(test, r, objects, sizeof(objects));
	KUNIT_EXPECT_STREQ(test, s, text);
	KUNIT_EXPECT_STREQ(test, t, "what");
	KUNIT_EXPECT_STREQ(test, u, text);
	KUNIT_EXPECT_STREQ(test, v, "what is");
	KUNIT_EXPECT_STREQ(test, w, "what is copied, 5 times");
	KUNIT_EXPECT_NULL(test, kstrdup(NULL, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kstrndup(NULL, 4, GFP_KERNEL));
	kfree(p);
	kfree(q);
	kvfree(r);
	kfree(s);
	kfree(t);
	kfree(u);
	kfree(v);
	kfree(w);
}

static void test_cache(struct kunit *test)
{
	struct kmem_cache *cache = KMEM_CACHE(st_object, 0);
	struct st_object *p, *q;
	void *bulk[50];

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), sizeof(*p));
	p = kmem_cache_alloc(cache, GFP_KERNEL);
	q = kmem_cache_zalloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_EXPECT_TRUE(test, is_all(q, 0, sizeof(*q)));
	kmem_cache_free(cache, p);
	kfree(q);
	p = kmem_cache_alloc_node(cache, GFP_KERNEL, 0);
	KUNIT_EXPECT_NOT_NULL(test, p);
	kmem_cache_free(cache, p);
	KUNIT_EXPECT_EQ(test,
			kmem_cache_alloc_bulk(cache, GFP_KERNEL, 50, bulk), 50);
	kmem_cache_free_bulk(cache, 25, bulk);
	kmem_cache_free_bulk(NULL, 25, bulk + 25);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	kmem_cache_destroy(cache);
	kmem_cache_destroy(NULL);
}

static void test_cache_forms(struct kunit *test)
{
	struct kmem_cache_args args = { .align = 256 };
	struct kmem_cache *caches[] = {
		kmem_cache_create("st_args", 40, &args, SLAB_HWCACHE_ALIGN),
		kmem_cache_create("st_default", 40, NULL, 0),
		kmem_cache_create("st_old", 40, 128, SLAB_NO_MERGE, NULL),
		kmem_cache_create_usercopy("st_usercopy", 40, 64, 0, 8, 16,
					   NULL),
	};
	static const size_t aligns[] = { 256, 8, 128, 64 };
	int i, k;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		void *p[20];

		KUNIT_ASSERT_NOT_NULL(test, caches[i]);
		for (k = 0; k < 20; k++) {
			p[k] = kmem_cache_alloc(caches[i], GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, p[k]);
			KUNIT_EXPECT_EQ(test,
					(unsigned long)p[k] & (aligns[i] - 1),
					0UL);
			memset(p[k], i, 40);
		}
		for (k = 0; k < 20; k++)
			kmem_cache_free(caches[i], p[k]);
		kmem_cache_destroy(caches[i]);
	}
}

static unsigned int nr_constructed;

static void construct(void *object)
{
	nr_constructed++;
	memset(object, 0x33, 100);
}

static void test_constructor(struct kunit *test)
{
	struct kmem_cache *cache =
		kmem_cache_create("st_ctor", 100, 0, 0, construct);
	void *p[100];
	int round, i;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 100; i++) {
			p[i] = kmem_cache_alloc(cache, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, p[i]);
			KUNIT_EXPECT_TRUE(test, is_all(p[i], 0x33, 100));
		}
		for (i = 0; i < 100; i++)
			kmem_cache_free(cache, p[i]);
	}
	KUNIT_EXPECT_GE(test, nr_constructed, 100U);
	kmem_cache_destroy(cache);
}

static void test_buckets(struct kunit *test)
{
	static kmem_buckets *buckets;
	size_t i;

	if (!buckets)
		buckets = kmem_buckets_create("st", 0, 0, INT_MAX, NULL);
	KUNIT_ASSERT_NOT_NULL(test, buckets);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *p = kmem_buckets_alloc(buckets, sizes[i],
					     GFP_KERNEL | __GFP_ZERO);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_TRUE(test, is_all(p, 0, sizes[i]));
		KUNIT_EXPECT_GE(test, ksize(p), sizes[i]);
		memset(p, 1, sizes[i]);
		kfree(p);
	}
}

static struct kunit_case slab_api_cases[] = { KUNIT_CASE(test_sizes),
					      KUNIT_CASE(test_nothing),
					      KUNIT_CASE(test_overflow),
					      KUNIT_CASE(test_arrays),
					      KUNIT_CASE(test_nodes),
					      KUNIT_CASE(test_objs),
					      KUNIT_CASE(test_krealloc),
					      KUNIT_CASE(test_krealloc_zero),
					      KUNIT_CASE(test_kvrealloc),
					      KUNIT_CASE(test_copies),
					      KUNIT_CASE(test_cache),
					      KUNIT_CASE(test_cache_forms),
					      KUNIT_CASE(test_constructor),
					      KUNIT_CASE(test_buckets),
					      {} };

static struct kunit_suite slab_api_suite = {
	.name = "slab_api",
	.test_cases = slab_api_cases,
};

kunit_test_suite(slab_api_suite);

MODULE_DESCRIPTION("KUnit test of the slab API");
MODULE_LICENSE("Dual BSD/GPL");
